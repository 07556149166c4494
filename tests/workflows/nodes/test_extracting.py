"""kind: extract - what a model writes becomes typed fields, or an error that names what is wrong."""

import json
from typing import Any

import pytest

from antiphon.agents.events import Extracted, Finished
from antiphon.agents.models.chat import Reply, Usage
from antiphon.agents.models.scripted import Scripted
from antiphon.tools.base.errors import EndpointBrokeOff

NODE = {
    "kind": "extract",
    "from": "${input.text}",
    "fields": {
        "city": {"type": "string", "about": "where to"},
        "nights": {"type": "integer", "minimum": 1, "maximum": 30},
        "price": {"type": "number"},
        "class": {"type": "string", "enum": ["first", "second"]},
        "guests": {"type": "list", "items": {"type": "object", "fields": {"name": {"type": "string"}}}},
    },
}
ANSWER = {"city": "北京", "nights": 3.0, "price": 80, "class": "second", "guests": [{"name": "Ada"}]}
FIELDS = ANSWER | {"nights": 3, "price": 80.0}


async def extracted(ran: Any, answer: Any, node: dict[str, Any] = NODE) -> Any:
    chat = Scripted([json.dumps(answer) if isinstance(answer, dict | list) else answer])
    return await ran(node, given={"text": "Three nights in Beijing"}, engines={"chat": chat}), chat


async def test_fields_have_the_types_they_were_declared_with(ran: Any) -> None:
    result, _ = await extracted(ran, ANSWER)
    assert result.output["value"] == FIELDS
    assert type(result.output["value"]["nights"]) is int


async def test_the_fields_are_told(ran: Any) -> None:
    result, _ = await extracted(ran, ANSWER)
    assert [one.fields for one in result.events if isinstance(one, Extracted)] == [FIELDS]


async def test_the_model_decodes_against_the_fields(ran: Any) -> None:
    _, chat = await extracted(ran, ANSWER)
    schema = chat.requests[0].schema
    assert schema is not None
    assert schema["properties"]["nights"] == {"type": "integer", "minimum": 1, "maximum": 30}


async def test_the_model_is_told_what_fields_mean(ran: Any) -> None:
    _, chat = await extracted(ran, ANSWER)
    lines = chat.requests[0].messages[0].content.splitlines()[1:]
    assert lines == [
        "- city: where to",
        "- nights: from 1 to 30",
        "- price",
        "- class: first, second",
        "- guests",
        "  - name",
    ]


async def test_a_fence_around_the_answer_is_taken_off(ran: Any) -> None:
    result, _ = await extracted(ran, f"```json\n{json.dumps(ANSWER)}\n```")
    assert result.output["value"] == FIELDS


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("no idea", "it wrote 'no idea'"),
        ([1], r"\[1\] is no object"),
        ({"city": "Rome"}, "'nights' is missing"),
        (ANSWER | {"town": "x"}, r"'town' is no field of it"),
        (ANSWER | {"nights": 31}, "'nights' cannot be 31"),
        (ANSWER | {"nights": 2.5}, "'nights' must be a whole number, and is 2.5"),
        (ANSWER | {"nights": True}, "'nights' must be a whole number, and is True"),
        (ANSWER | {"class": "third"}, "'class' cannot be 'third'"),
        (ANSWER | {"guests": [{"name": 1}]}, r"'guests\[0\].name' must be text, and is 1"),
        ('{"price": NaN}', "is missing"),
    ],
)
async def test_an_answer_that_does_not_fit_is_an_error_of_the_model(ran: Any, answer: Any, said: str) -> None:
    with pytest.raises(EndpointBrokeOff, match=f"it: the model did not keep to the schema.*{said}"):
        await extracted(ran, answer)


async def test_an_answer_that_was_cut_off_says_so(ran: Any) -> None:
    with pytest.raises(EndpointBrokeOff, match=r"it: the fields were not complete after 400 tokens. Raise max_tokens"):
        await ran(NODE, given={"text": "x"}, engines={"chat": Scripted([Reply('{"city": "Ro', finish="length")])})


async def test_tokens_are_counted(ran: Any) -> None:
    reply = Reply(json.dumps(ANSWER), usage=Usage(10, 20))
    result = await ran(NODE, given={"text": "x"}, engines={"chat": Scripted([reply])})
    assert [one.completion_tokens for one in result.events if isinstance(one, Finished)] == [20]
