"""An environment of its own for each rival, made with uv from pinned versions, wheels alone."""

import os
import subprocess
import sys
from pathlib import Path

from .frameworks import Framework

SILENT = {
    "ANONYMIZED_TELEMETRY": "False",
    "CREWAI_DISABLE_TELEMETRY": "true",
    "CREWAI_DISABLE_TRACKING": "true",
    "CREWAI_TRACING_ENABLED": "false",
    "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
    "DO_NOT_TRACK": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "OTEL_SDK_DISABLED": "true",
}
"""Nothing is reported to anybody."""

KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
"""What a rival sees of this process's environment: no keys, and no switch that would loosen its checks."""


class InstallError(RuntimeError):
    """uv could not make an environment."""


def python_of(rival: Framework, cache: Path) -> Path:
    """The interpreter of a rival's environment."""
    folder = cache / rival.key
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(rival: Framework, cache: Path) -> None:
    """Make the environment unless it is there already with these very requirements.

    Raises:
        InstallError: uv is missing, or a package could not be fetched.
    """
    stamp, wanted = cache / rival.key / "requirements.txt", rival.requirements.read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print(f"installing {rival.title} {rival.version}", file=sys.stderr)
    cache.mkdir(parents=True, exist_ok=True)
    _uv("venv", "--quiet", "--clear", "--python", "3.11", str(cache / rival.key))
    python = str(python_of(rival, cache))
    _uv("pip", "install", "--quiet", "--only-binary", ":all:", "--python", python, "-r", str(rival.requirements))
    stamp.write_text(wanted, encoding="utf-8")


def environment(rival: Framework, cache: Path) -> dict[str, str]:
    """The variables a rival runs with: a home of its own, no telemetry, and .NET for what needs it."""
    home = cache / "home"
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    dotnet = next((cache / rival.key).glob("**/site-packages/dotnetcore2/bin"), None)
    found = {"DOTNET_ROOT": str(dotnet), "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"} if dotnet else {}
    ours = {"PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    return {**kept, **SILENT, **found, **ours, "HOME": str(home), "USERPROFILE": str(home)}


def _uv(*arguments: str) -> None:
    try:
        subprocess.run(["uv", *arguments], check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise InstallError("uv is not installed. Install it, for example: pip install uv") from error
    except subprocess.CalledProcessError as error:
        raise InstallError(f"uv {arguments[0]} failed:\n{error.stderr.strip()}") from error
