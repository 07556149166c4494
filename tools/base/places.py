"""Where Antiphon keeps its files: one folder for data, one for models; `ANTIPHON_HOME` moves both."""

import os
from pathlib import Path


def home() -> Path | None:
    """The folder the environment variable `ANTIPHON_HOME` names, or None."""
    named = os.environ.get("ANTIPHON_HOME")
    return Path(named).expanduser() if named else None


def models_folder() -> Path:
    """Model files: large, and can be fetched again."""
    from platformdirs import user_cache_path

    return (home() or user_cache_path("antiphon")) / "models"


def state_folder() -> Path:
    """Locks, addresses of running servers, logs; only this user may look inside."""
    from platformdirs import user_state_path

    folder = (home() or user_state_path("antiphon")) / "state"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def data_folder() -> Path:
    """What people have said and been told, and nothing can bring back; it need not exist."""
    from platformdirs import user_data_path

    return (home() or user_data_path("antiphon")) / "data"


def knowledge_file(folder: Path | None = None) -> Path:
    """In a data folder, by default this user's: the documents people added, and the index of every folder searched."""
    return (folder or data_folder()) / "knowledge.sqlite"


def config_file() -> Path:
    """This user's app.yaml, whether it exists or not."""
    from platformdirs import user_config_path

    return (home() or user_config_path("antiphon")) / "app.yaml"
