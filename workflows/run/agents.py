"""An agent is run as a workflow of one mind, so there is one loop and not two."""

from ...agents.agent import Agent
from ..spec.kinds.common import Case, NodeBase
from ..spec.kinds.think import Llm, Prompt
from ..spec.kinds.voice import Guard, Speak
from ..spec.types import InputField, StateField, WorkflowSpec
from ..workflow import Workflow


def workflow_of(agent: Agent) -> Workflow:
    """The workflow that asks an agent one question: input text, output answer."""
    prompt = Prompt(system="{{ input.instructions }}", user="{{ input.text }}")
    answer = Llm(kind="llm", role=agent.role, prompt=prompt, max_tokens=agent.max_tokens, into="answer", next="show")
    nodes: dict[str, NodeBase] = {"answer": answer, "show": Speak(kind="speak", follows="answer", next="end")}
    if agent.rules:
        nodes = _guarded(agent, answer)
    spec = WorkflowSpec.model_validate(
        {
            "schema": "workflow/v1",
            "name": "agent",
            "input": {
                "text": InputField(type="string"),
                "instructions": InputField(type="string", default=agent.instructions),
                "language": InputField(type="string", default="en"),
            },
            "state": {"answer": StateField(type="string"), "allowed": StateField(type="boolean")},
            "output": {"answer": "${state.answer}"},
            "start": next(iter(nodes)),
            "nodes": nodes,
        }
    )
    return Workflow.of(spec)


def _guarded(agent: Agent, answer: Llm) -> dict[str, NodeBase]:
    language = "${input.language}"
    return {
        "guard_question": Guard(
            kind="guard",
            side="question",
            text="${input.text}",
            language=language,
            rules=agent.rules,
            into={"answer": "${result.reply}", "allowed": "${result.allowed}"},
            route=(Case(when="!state.allowed", to="refuse"), Case(else_="answer")),
        ),
        "refuse": Speak(kind="speak", text="${state.answer}", language=language, next="end"),
        "answer": answer.model_copy(update={"into": {}, "next": "guard_answer"}),
        "guard_answer": Guard(
            kind="guard",
            side="answer",
            follows="answer",
            language=language,
            rules=agent.rules,
            into="answer",
            next="show",
        ),
        "show": Speak(kind="speak", follows="guard_answer", language=language, next="end"),
    }
