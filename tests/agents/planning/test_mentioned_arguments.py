"""Arguments that a request mentions otherwise are set right; those that were right stay."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.agents.models.chat import Message, Reply
from antiphon.agents.planning.arguments import filled, filling
from antiphon.agents.planning.mentioned import mended
from antiphon.agents.planning.types import Call, Offered, Task

TEXT, NUMBER, WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}
CHANGE = {"from_currency": TEXT, "to_currency": TEXT}


def said(description: str, type_: str = "string", **more: Any) -> dict[str, Any]:
    return {"type": type_, "description": description, **more}


def one(schema: dict[str, Any], name: str, value: Any, request: str) -> Any:
    """What becomes of the only argument."""
    return mended({name: value}, {name: schema}, request)[name]


@pytest.mark.parametrize(
    ("name", "schema", "value", "request_", "right"),
    [
        ("time", TEXT, "04:30", "下午四点半叫我", "16:30"),
        ("time", TEXT, "4:30 pm", "at 4:30 pm", "16:30"),
        ("time", said("HH:MM"), "4:30", "half past four in the afternoon", "16:30"),
        ("at", said("The time of day."), "6:15", "quarter to six this evening", "17:45"),
        ("day", TEXT, "Monday", "下周三有空吗", "下周三"),
        ("day", said("The day as it was said."), "2023-10-01", "Book it for next Friday", "next Friday"),
        ("currency", TEXT, "BPL", "20 pounds", "GBP"),
        ("currency", TEXT, "英镑", "多少英镑", "GBP"),
        ("minutes", WHOLE, 1, "a timer for an hour and a quarter", 75),
        ("length", said("How many minutes.", "number"), 0.5, "half an hour", 30),
        ("duration", said("In seconds.", "integer"), 1, "定一个一分半钟的计时器", 90),
        ("wait", said("等多少分钟。", "integer"), 3, "等三刻钟", 45),
        ("text", TEXT, "The water heater is broken", "“热水器坏了”用英语怎么说？", "热水器坏了"),
    ],
)
def test_a_wrong_one_is_set_right(name: str, schema: dict[str, Any], value: Any, request_: str, right: Any) -> None:
    assert one(schema, name, value, request_) == right


@pytest.mark.parametrize(
    ("name", "schema", "value", "request_"),
    [
        ("time", TEXT, "19:30", "Dinner at 7:30 at Luigi's"),
        ("time", TEXT, "16:30:00", "at 4:30 pm"),
        ("time", TEXT, "now", "play it now, the 5 pm show"),
        ("time", said("As it was said."), "half past four", "at half past four in the afternoon"),
        ("time", said("Such as 4:30 pm."), "4:30 pm", "at 4:30 pm"),
        ("time", said("Start, ISO 8601."), "2026-11-22T16:30:00", "tomorrow at 4:30 pm"),
        ("time_zone", TEXT, "Europe/London", "What is 5 pm in London?"),
        ("cook_time", TEXT, "30 minutes", "dinner at 7 pm, 30 minutes to cook"),
        ("times", said("How many times.", "integer"), 3, "Ring three times at 7"),
        ("unit", said("Unit of time."), "minutes", "at 7 pm"),
        ("date", TEXT, "2026-11-23", "Book it for tomorrow"),
        ("date_of_birth", TEXT, "3/5/1990", "I turn 36 tomorrow"),
        ("day_rate", TEXT, "high", "the high rate from tomorrow"),
        ("update", TEXT, "yes", "update it tomorrow"),
        ("day", TEXT, "Friday", "Is this Friday fine?"),
        ("coin", said("The cryptocurrency."), "bitcoin", "bitcoin in dollars"),
        ("country", said("The country whose currency is wanted."), "Japan", "5 dollars in Japan"),
        ("pair", said("Currency pair."), "EUR/USD", "EUR/USD and dollars"),
        ("amount", said("With its currency."), "20 EUR", "20 euros"),
        ("tickets", WHOLE, 1, "a ticket for Apollo 13"),
        ("eggs", WHOLE, 24, "two dozen eggs"),
        ("eggs", WHOLE, 24, "帮我买两打鸡蛋"),
        ("degrees", NUMBER, -5, "It is minus 5 outside"),
        ("degrees", NUMBER, -5, "零下五度"),
        ("celsius", NUMBER, 21, "70 fahrenheit"),
        ("amount_cents", WHOLE, 500, "charge $5"),
        ("grams", NUMBER, 2000, "2 kilos of flour"),
        ("discount", NUMBER, 0.15, "15% off"),
        ("order_id", WHOLE, 4711, "Where is order 4711? I paid 30 dollars"),
        ("phone", TEXT, "555 0199", "call 555 0199 at 7 pm"),
        ("year", WHOLE, 2026, "for 4 people this year"),
        ("count", WHOLE, 2000, "2 thousand sheets"),
        ("minutes", NUMBER, 80, "a timer for 1h20m"),
        ("minutes", NUMBER, 3, "等两三分钟"),
        ("timeout", said("In seconds.", "integer"), 90, "a minute and a half"),
        ("hour", said("Hour of the day.", "integer"), 19, "at 7 pm for 2 hours"),
        ("speed", said("In km per hour.", "number"), 80, "80 km/h for 2 hours"),
        ("minutes", said("Minutes of the meeting."), "We met for 2 hours", "We met for 2 hours"),
        ("language", TEXT, "Spanish", '用西班牙语说 "good night"'),
        ("city", TEXT, "Beijing", "北京的“热水器坏了”怎么说"),
        ("message", TEXT, 'I have finished "Dune"', 'tell her I finished "Dune" yesterday'),
        ("time", TEXT, "19:00", "明天晚上大概和朋友7点见"),
        ("wake_time", TEXT, "06:30", "wake me half an hour before my 7 am train"),
        ("text", said("What to remind of at that time."), "12:30 train", "Remind me at noon of the 12:30 train"),
        ("weekday", said("Day of the week."), "Wednesday", "下周三"),
        ("currency", TEXT, "CNY", "20 dollars是多少块钱"),
        ("currency", TEXT, "JPY", "¥5000 in dollars?"),
        ("floor", WHOLE, 3, "third floor, 4 people"),
        ("quantity", WHOLE, 1, "Order the 65 inch TV"),
        ("quantity", WHOLE, 1, "I want an iPhone 15"),
        ("nights", WHOLE, 7, "a week for 4 people"),
        ("children", WHOLE, 0, "for 4 adults"),
        ("max_results", WHOLE, 10, "restaurants within 5 km"),
        ("minutes", WHOLE, 10_080, "a week from now, 2 hours long"),
        ("text", said("The translated text."), "晚安晚安晚安", '把"good night"翻译成中文'),
        ("is_open", {"type": "boolean"}, True, "at 7 pm for 4"),
        ("count", WHOLE, True, "for 4"),
    ],
)
def test_a_right_one_stays(name: str, schema: dict[str, Any], value: Any, request_: str) -> None:
    assert one(schema, name, value, request_) == value


@pytest.mark.parametrize(
    ("given_", "known", "request_"),
    [
        ({"start_time": "09:00", "end_time": "10:00"}, {"start_time": TEXT, "end_time": TEXT}, "9 am for an hour"),
        ({"start_time": "09:00"}, {"start_time": TEXT, "end_time": TEXT}, "from 9 am"),
        ({"first_day": "Friday", "last_day": "Sunday"}, {"first_day": TEXT, "last_day": TEXT}, "from Friday, 2 nights"),
        ({"from_currency": "ARS", "to_currency": "USD"}, CHANGE, "200 pesos in dollars"),
        ({"limit": 10, "count": 4}, {"limit": WHOLE, "count": WHOLE}, "4 tickets"),
        ({"hours": 1, "minutes": 15}, {"hours": WHOLE, "minutes": WHOLE}, "an hour and a quarter"),
        ({"a": 3, "b": 4}, {"a": NUMBER, "b": NUMBER}, "三加四"),
        ({"address": "12 Mill Lane", "people": 3}, {"address": TEXT, "people": WHOLE}, "三 of us, from 12 Mill Lane"),
    ],
)
def test_what_another_argument_tells_is_not_told_again(
    given_: dict[str, Any], known: dict[str, Any], request_: str
) -> None:
    assert mended(given_, known, request_) == given_


def test_plain_numbers_are_left_to_the_model() -> None:
    known = {"count": said("How many.", "integer"), "hours": NUMBER}
    found = mended({"count": 1, "hours": 2}, known, "帮我租四辆车，要两个半小时")
    assert found == {"count": 1, "hours": 2.5}


def test_one_of_two_currencies_is_told_by_the_other() -> None:
    found = mended({"from_currency": "BPL", "to_currency": "dollars"}, CHANGE, "20 pounds in dollars")
    assert found == {"from_currency": "GBP", "to_currency": "USD"}


@pytest.mark.parametrize(
    ("name", "schema", "value", "request_"),
    [
        ("time", TEXT, "04:30", "at 4 pm or 5 pm"),
        ("time", TEXT, "04:30", "下午三点到五点"),
        ("day", TEXT, "Sunday", "Monday or Tuesday"),
        ("currency", TEXT, "BPL", "pounds or dollars"),
        ("minutes", WHOLE, 1, "20 to 30 minutes"),
        ("text", TEXT, "good morning", '"good night" or "good evening"'),
    ],
)
def test_a_request_that_mentions_two_changes_nothing(
    name: str, schema: dict[str, Any], value: Any, request_: str
) -> None:
    assert one(schema, name, value, request_) == value


@pytest.mark.parametrize(
    "more", [{"enum": ["04:30", "05:30"]}, {"const": "04:30"}, {"pattern": "0.*"}, {"format": "time"}]
)
def test_what_a_schema_fixes_is_left(more: dict[str, Any]) -> None:
    assert one({**TEXT, **more}, "time", "04:30", "下午四点半") == "04:30"


def test_a_number_stays_within_its_bounds() -> None:
    assert one({**WHOLE, "maximum": 10}, "stars", 5, "40 pictures") == 5


@pytest.mark.parametrize(
    ("name", "request_", "filled"),
    [
        ("time", "Remind me at 8pm.", {"time": "20:00"}),
        ("day", "明天提醒我", {"day": "明天"}),
        ("currency", "In euros, please.", {"currency": "EUR"}),
        ("time", "Remind me at 8.", {}),
        ("time", "Remind me.", {}),
        ("count", "4 of them", {}),
        ("text", 'Say "yes".', {}),
    ],
)
def test_an_optional_one_that_is_missing_is_filled_where_it_is_sure(
    name: str, request_: str, filled: dict[str, Any]
) -> None:
    known = {name: WHOLE if name == "count" else TEXT}
    assert mended({}, known, request_) == filled


def test_empty_text_is_as_good_as_none() -> None:
    assert one(TEXT, "time", "", "Remind me at 8pm.") == "20:00"


def test_arguments_of_a_call_are_set_right_by_the_question_alone() -> None:
    schema = {"type": "object", "properties": {"time": TEXT, "people": WHOLE}, "required": []}
    tool = Offered("book", "Book a table.", schema)
    task = Task("下午四点半，三个人", tools=(tool,), history=(Message("user", "上午九点，五个人"),))
    call = filled(task, filling(task, "book", ""), Reply('{"time": "04:30", "people": 1}'))
    assert call == Call("book", {"time": "16:30", "people": 1})


NAMES = st.sampled_from(["time", "day", "currency", "minutes", "count", "text", "start_date", "when", "x"])
SCHEMAS = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "number", "integer", "boolean", "array", ["string", "null"]])},
    optional={"description": st.text(max_size=20), "minimum": st.integers(), "enum": st.just(["a"])},
)


@given(
    st.dictionaries(NAMES, st.none() | st.text(max_size=8) | st.floats() | st.integers() | st.lists(st.text())),
    st.dictionaries(NAMES, SCHEMAS),
    st.text()
    | st.lists(st.sampled_from("4 at pm 下午 四点 半 明天 tomorrow 20 pounds minutes 分钟 “好” to".split())).map(
        " ".join
    ),
)
def test_any_arguments_and_any_request_are_read(given_: dict[str, Any], known: dict[str, Any], request_: str) -> None:
    assert mended(given_, known, request_).keys() >= given_.keys()


@pytest.mark.parametrize("request_", ["1 " * 1_900, "“" * 3_900, "下午" * 1_900, "at 1 to " * 450, "x " * 100_000])
def test_a_request_made_to_be_slow_is_read_at_once(request_: str) -> None:
    known = {"time": TEXT, "day": TEXT, "currency": TEXT, "minutes": WHOLE, "count": WHOLE, "text": TEXT}
    began = time.thread_time()
    mended({"count": 1, "minutes": 1, "text": "abc"}, known, request_)
    assert time.thread_time() - began < 1


def test_spaces_round_an_argument_go() -> None:
    task = Task("Is it cold in Oslo?", tools=(Offered("weather", "", {"properties": {"city": TEXT}}),))
    call = filled(task, filling(task, "weather", ""), Reply('{"city": " Oslo "}'))
    assert call == Call("weather", {"city": "Oslo"})


def test_a_search_is_asked_the_question_itself_where_nothing_was_said_before() -> None:
    tool = Offered("look_up", "", {"properties": {"query": TEXT}, "required": ["query"]})
    task = Task("What do the rules say about pets?", tools=(tool,))
    later = Task("And cats?", tools=(tool,), history=(Message("user", task.question),))
    for one, asked in ((task, task.question), (later, "pets")):
        assert filled(one, filling(one, "look_up", ""), Reply('{"query": "pets"}')) == Call("look_up", {"query": asked})
