"""In doubt English and Chinese are believed sooner; servers' names for languages become codes."""

import pytest

from antiphon.agents.perception.language_names import code_of
from antiphon.agents.perception.languages import chosen
from antiphon.agents.perception.script import simplified


@pytest.mark.parametrize(
    ("probabilities", "language"),
    [
        ({"en": 0.9, "de": 0.1}, "en"),
        ({"th": 0.8, "zh": 0.2}, "th"),
        ({"it": 0.31, "en": 0.18, "pt": 0.1}, "en"),
        ({"ja": 0.4, "zh": 0.3, "en": 0.2}, "zh"),
        ({"it": 0.4, "en": 0.05}, "it"),
    ],
)
def test_the_likeliest_language_is_chosen_unless_in_doubt(probabilities: dict[str, float], language: str) -> None:
    assert chosen(probabilities) == language


@pytest.mark.parametrize(
    ("name", "code"),
    [("english", "en"), ("Chinese", "zh"), ("zh-TW", "zh"), ("yue", "zh"), ("de", "de"), ("", "zh")],
)
def test_a_servers_name_becomes_a_code(name: str, code: str) -> None:
    assert code_of(name, "你好") == code


def test_traditional_characters_become_simplified() -> None:
    assert simplified("廣州市房地產中介協會分析 OK") == "广州市房地产中介协会分析 OK"
