"""What is compared: each framework, the version pinned for it, and how it is documented to load a file."""

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
MISTAKES = HERE / "mistakes"


@dataclass(frozen=True, slots=True)
class Framework:
    """One of the rivals.

    Attributes:
        key: The name of its folder of mistakes, its requirements file and its environment.
        package: The distribution whose version is told.
        loader: The module in `rivals` that loads and runs one file.
        way: How the file is loaded and run, for the page.
    """

    key: str
    title: str
    package: str
    loader: str
    way: str

    @property
    def requirements(self) -> Path:
        return HERE / "requirements" / f"{self.key}.txt"

    @property
    def version(self) -> str:
        """The one its requirements file pins."""
        pins = (line.partition("==") for line in self.requirements.read_text(encoding="utf-8").splitlines())
        return next(version for name, _, version in pins if name == self.package)


OURS = "antiphon"
RIVALS = (
    Framework("crewai", "CrewAI flow", "crewai", "crewai_flow", "`Flow.from_declaration(path=…)`, `kickoff()`"),
    Framework(
        "adk", "Google ADK", "google-adk", "adk_workflow", "`config_agent_utils.from_config(…)`, `InMemoryRunner`"
    ),
    Framework("haystack", "Haystack", "haystack-ai", "haystack_pipeline", "`Pipeline.load(…)`, `Pipeline.run(…)`"),
    Framework(
        "agent_framework",
        "Agent Framework",
        "agent-framework-declarative",
        "agent_framework_yaml",
        "`WorkflowFactory().create_workflow_from_yaml_path(…)`, `workflow.run(…)`",
    ),
)
