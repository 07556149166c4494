"""kind: ask, and a person's approval: who answers, and what does not fit the form."""

from collections.abc import Mapping
from typing import Any

import pytest

from antiphon.agents.events import Asked
from antiphon.tools.base.errors import InputError, Refused
from antiphon.workflows.compile.step import Question

NODE = {
    "kind": "ask",
    "show": {"en": "${'Hello ' + input.who}", "zh": "${'你好' + input.who}"},
    "language": "${input.language}",
    "who": "${input.who}",
    "form": {
        "nights": {"type": "integer", "minimum": 1},
        "class": {"type": "string", "enum": ["first", "second"], "default": "second"},
    },
}
GIVEN = {"who": "Ada", "language": "zh"}


def answering(**fields: Any) -> Any:
    async def answer(question: Question) -> Mapping[str, Any]:
        answering.asked = question  # type: ignore[attr-defined]
        return fields

    return answer


async def test_the_form_is_the_result_and_defaults_fill_it_up(ran: Any) -> None:
    result = await ran(NODE, given=GIVEN, answer=answering(nights=2))
    assert result.output["value"] == {"nights": 2, "class": "second"}


async def test_a_person_is_shown_the_text_in_their_language(ran: Any) -> None:
    await ran(NODE, given=GIVEN, answer=answering(nights=2))
    question = answering.asked  # type: ignore[attr-defined]
    assert (question.step, question.text, question.who) == ("it", "你好Ada", "Ada")


async def test_a_question_is_told_with_its_form(ran: Any) -> None:
    result = await ran(NODE, given=GIVEN, answer=answering(nights=2))
    asked = next(one for one in result.events if isinstance(one, Asked))
    assert asked.form["nights"] == {"type": "integer", "minimum": 1.0}


async def test_where_nobody_is_there_it_is_refused_with_a_way_out(ran: Any) -> None:
    with pytest.raises(Refused, match=r"it: nobody is there to answer: 你好Ada. Run it on a terminal, give --answer"):
        await ran(NODE, given=GIVEN, durable=False)


async def test_where_nobody_is_there_a_run_that_is_kept_waits(ran: Any) -> None:
    result = await ran(NODE, given=GIVEN)
    assert result.paused is not None
    assert (result.paused.reason, result.paused.keys, dict(result.output)) == ("waiting", ("it@1",), {})


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "'nights' is missing. It must be a whole number."),
        ({"nights": 0}, "'nights' cannot be 0. It must be 1 or more."),
        ({"nights": "two"}, "'nights' must be a whole number, and is 'two'."),
        ({"nights": 2, "class": "frist"}, "'class' cannot be 'frist'. Did you mean 'first'? Known: first, second."),
        ({"nights": 2, "nigths": 2}, "'nigths' is no field of it. Did you mean 'nights'? Known: class, nights."),
    ],
)
async def test_an_answer_that_does_not_fit_says_why(ran: Any, fields: Any, said: str) -> None:
    with pytest.raises(InputError) as caught:
        await ran(NODE, given=GIVEN, answer=answering(**fields))
    assert str(caught.value) == f"it: the answer does not fit the form: {said}"


EMIT = {"kind": "emit", "event": "sent", "approve": True}


async def test_a_yes_lets_a_node_begin(ran: Any) -> None:
    result = await ran(EMIT, kind="", answer=answering(approve=True))
    assert "Emitted" in [type(one).__name__ for one in result.events]


async def test_a_no_is_a_refusal_that_names_the_node(ran: Any) -> None:
    with pytest.raises(Refused, match="it: a person did not agree to it"):
        await ran(EMIT, kind="", answer=answering(approve=False))


async def test_approval_needs_somebody_to_give_it(ran: Any) -> None:
    with pytest.raises(Refused, match="it: nobody is there to answer"):
        await ran(EMIT, kind="", durable=False)
