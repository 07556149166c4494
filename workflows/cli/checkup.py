"""What `antiphon doctor` looks at: how each thing stands and, where something is missing, the way out."""

import asyncio
import platform
import re
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from ...agents.guards.finding import rules_file
from ...agents.opening import bound_to, open_chat
from ...agents.roles.reading import Source
from ...agents.roles.types import App, EmbeddedChat, HttpEmbed, HttpEndpoint, LocalEar, LocalEmbed, OpenAIChat
from ...tools.base.errors import AntiphonError, MissingExtra

if TYPE_CHECKING:
    from ...agents.models.catalogue.entries import Entry


_NO_SOUND = "Answers can still be written to WAV files"


@dataclass(frozen=True, slots=True)
class Check:
    """One line: `ok`, `missing` (something that is bound cannot be used) or `note`."""

    name: str
    state: Literal["ok", "missing", "note"]
    said: str
    way_out: str = ""


async def checkup(app: App, source: Source, *, deep: bool) -> list[Check]:
    """Look at everything; without `deep` no model is loaded and no token is spent."""
    endpoints, beside, sound = await asyncio.gather(
        _endpoints(app, deep=deep), _neighbours(), asyncio.to_thread(sound_out)
    )
    return [
        Check("Python", "ok", f"{platform.python_version()}, {platform.system()} {platform.machine()}"),
        Check("app.yaml", "ok", f"{source.path} ({source.why})"),
        Check("guard rules", "ok", f"{rules_file('child')}"),
        *extras(app),
        *model_files(app),
        *knowledge(app),
        *endpoints,
        *beside,
        *await code_interpreter(app),
        sound,
    ]


def extras(app: App) -> list[Check]:
    """The extras of this package: installed, needed by a role, or only to be had."""
    needed = {"voice"} | (
        {"local"} if "embedded" in (app.models.chat.engine, getattr(app.models.fast, "engine", "")) else set()
    )
    wanted: dict[str, list[str]] = {}
    for line in requires(__name__.split(".")[0]) or ():
        found = re.match(r"([A-Za-z0-9._-]+).*extra == ['\"](\w+)['\"]", line)
        if found and found[2] in ("local", "voice", "knowledge", "web", "graph", "whisper"):
            wanted.setdefault(found[2], []).append(found[1])
    return [_extra(name, packages, name in needed) for name, packages in wanted.items()]


def _extra(name: str, packages: list[str], needed: bool) -> Check:
    lacking = [package for package in packages if not _installed(package)]
    if not lacking:
        return Check(f"extra {name}", "ok", "installed")
    said = f"not installed: {', '.join(lacking)}" if len(lacking) < len(packages) else "not installed"
    return Check(
        f"extra {name}",
        "missing" if needed else "note",
        said,
        f"pip install '{__name__.split('.')[0]}[{name}]'",
    )


def _installed(package: str) -> bool:
    with suppress(PackageNotFoundError):
        return bool(version(package))
    return False


def model_files(app: App) -> list[Check]:
    """The model files the roles need on this machine."""
    from ...agents.models.catalogue.store import entries, find

    roles = app.models
    named = {role.model for role in (roles.chat, roles.fast, roles.guard) if isinstance(role, EmbeddedChat)}
    if isinstance(roles.hear, LocalEar):
        named.add(roles.hear.model)
    return [_model(name, entries().get(name), find(name)) for name in sorted(named)]


def _model(name: str, entry: "Entry | None", place: Path | None) -> Check:
    label = f"model {name}"
    if entry is None:
        return Check(label, "ok", str(place)) if place else Check(label, "missing", "not here", "Check app.yaml")
    if place is None:
        said = f"not here; the download is {entry.bytes / 1e6:,.0f} MB"
        return Check(label, "missing", said, f"antiphon models pull {name}")
    if any((place / file.name).stat().st_size != file.bytes for file in entry.files):
        return Check(label, "missing", f"damaged: {place}", f"antiphon models pull {name}")
    return Check(label, "ok", str(place))


def knowledge(app: App) -> list[Check]:
    """The embedding model, and the documents of one's own."""
    from ...tools.base.places import knowledge_file
    from ...tools.knowledge.store import Store
    from ..run.knowledge import OWN

    path, count = knowledge_file(app.data), 0
    try:
        if path.exists():
            with Store(path) as store:
                count = len(store.documents(OWN))
        said = f"{count} document{'' if count == 1 else 's'} of your own"
        own = Check("knowledge", "ok", said, "" if count else "antiphon knowledge add PATH")
    except AntiphonError as error:
        own = Check("knowledge", "missing", f"{error.at}: {error.problem}", error.hint)
    return [own, _embedding(app.models.embed)] if isinstance(app.models.embed, LocalEmbed) else [own]


def _embedding(role: LocalEmbed) -> Check:
    from ...agents.opening import EMBEDDERS
    from ...tools.base.engines import load

    try:
        load("embedding model", role.engine, EMBEDDERS)
    except MissingExtra as error:
        return Check(f"embed: {role.model}", "note", "knowledge is searched by words alone", error.hint)
    return Check(f"embed: {role.model}", "ok", "knowledge is searched by meaning and by words")


async def _endpoints(app: App, *, deep: bool) -> list[Check]:
    bound = {
        name: role
        for name in ("chat", "fast", "guard")
        if (role := bound_to(app, name)) and (name == "chat" or role != app.models.chat)
    }
    checks = [
        _embedded(app, name, role, deep) if isinstance(role, EmbeddedChat) else _remote(app, name, deep)
        for name, role in bound.items()
    ]
    others = [("hear", app.models.hear), ("speak", app.models.speak), ("embed", app.models.embed)]
    checks += [_other_server(name, role) for name, role in others if isinstance(role, HttpEndpoint | HttpEmbed)]
    return list(await asyncio.gather(*checks))


async def _embedded(app: App, name: str, role: EmbeddedChat, deep: bool) -> Check:
    from ...agents.models.embedded.server import status

    running = next((one for one in status() if one.model == role.model), None)
    if not deep:
        said = f"runs as process {running.pid}" if running else "starts when it is first needed"
        return Check(f"{name}: {role.model}", "ok", f"embedded, {said}; `--deep` tries it")
    from ...agents.models.embedded_chat import EmbeddedChat as Embedded
    from ...agents.models.probe import probe

    try:
        async with Embedded(role, progress=_tell) as chat:
            found = await probe(await chat.opened())
    except AntiphonError as error:
        return Check(f"{name}: {role.model}", "missing", error.problem, error.hint)
    return Check(f"{name}: {role.model}", "missing" if found.problem else "ok", found.problem or found.told())


def _tell(waiting: str) -> None:
    click.echo(waiting, err=True)


async def _remote(app: App, name: str, deep: bool) -> Check:
    from ...agents.models.known_abilities import remember
    from ...agents.models.openai_chat import OpenAIChat as Client
    from ...agents.models.probe import abilities_in, glance, probe

    try:
        async with open_chat(app, name) as chat:  # type: ignore[arg-type]
            assert isinstance(chat, Client)
            found = await (probe(chat) if deep else glance(chat))
            if (can := abilities_in(found)) is not None:
                remember(chat.role.base_url, chat.role.model, can)
    except AntiphonError as error:
        return Check(name, "missing", f"{error.at}: {error.problem}", error.hint)
    label = f"{name}: {chat.role.model}"
    if found.problem:
        return Check(label, "missing", found.problem, "antiphon doctor --fix binds it to a server that runs")
    return Check(label, "ok", f"{chat.role.base_url}: {found.told()}")


async def _other_server(name: str, role: HttpEndpoint | HttpEmbed) -> Check:
    from ...agents.models.openai_chat import OpenAIChat as Client
    from ...agents.models.probe import glance

    as_chat = OpenAIChat(base_url=role.base_url, model=role.model, api_key_env=role.api_key_env, retries=0)
    try:
        async with Client(as_chat) as client:
            found = await glance(client)
    except AntiphonError as error:
        return Check(name, "missing", f"{error.at}: {error.problem}", error.hint)
    return Check(
        f"{name}: {role.model}",
        "missing" if found.problem else "ok",
        found.problem or f"{role.base_url} answers",
    )


async def code_interpreter(app: App) -> list[Check]:
    """What holds code on this machine, found out by trying it."""
    from ...tools.python.means import holding, means

    level = app.sandbox.level
    found = await means()
    used = next((mean for mean in found if mean.holds and mean.name in holding(level)), None)
    rows = [
        Check(f"code: {mean.name}", "ok" if mean == used else "note", mean.told + (", used" if mean == used else ""))
        for mean in found
    ]
    if used is not None:
        return [Check("code interpreter", "ok", f"level {level}, held by {used.name}"), *rows]
    way_out = "For code that you trust: `sandbox: {level: process}` in app.yaml"
    return [Check("code interpreter", "note", f"nothing here holds code at level {level}", way_out), *rows]


async def _neighbours() -> list[Check]:
    from ...agents.models.neighbours import neighbours

    return [
        Check(
            one.name,
            "note",
            f"runs at {one.base_url}: {', '.join(one.models[:5]) or 'no chat model'}",
            "`antiphon doctor --fix` binds `chat` to it",
        )
        for one in await neighbours()
    ]


def sound_out() -> Check:
    """Whether this machine has something to play sound with."""
    try:
        import miniaudio
    except ImportError:
        return Check("sound out", "note", "not known: the extra voice is not installed")
    try:
        names = [str(device["name"]) for device in miniaudio.Devices().get_playbacks()]
    except miniaudio.MiniaudioError as error:
        return Check("sound out", "note", f"cannot be used: {error}", _NO_SOUND)
    devices = [name for name in names if not name.startswith("Discard all samples")]  # ALSA's null device
    if not devices:
        return Check("sound out", "note", "no device to play on", _NO_SOUND)
    return Check("sound out", "ok", devices[0])
