"""`antiphon runs resume` and `fork`, and how `antiphon run` says what to do next."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from .test_answering import Terminal

Call = Callable[..., Any]


def names(antiphon: Call) -> list[str]:
    return [one["id"] for one in json.loads(antiphon("runs", "list", "--json").out)]


def test_a_run_that_waits_says_for_what_and_how_to_go_on(antiphon: Call, shop: Path) -> None:
    called = antiphon("run", "shop.yaml", "--python", "shop.py")
    assert called.status == 3
    assert called.err == (
        "waits    Ada is asked: How many copies of Momo?\n"
        f"         antiphon runs resume {names(antiphon)[0]} --answer number=...\n"
    )


def test_the_command_to_go_on_names_the_same_app_yaml(antiphon: Call, shop: Path) -> None:
    (shop / "other.yaml").write_text((shop / "app.yaml").read_text())
    called = antiphon("run", "shop.yaml", "--python", "shop.py", "--app", "other.yaml")
    assert called.err.endswith("--answer number=... --app other.yaml\n")


def test_what_waits_is_one_object_for_programs(antiphon: Call, shop: Path) -> None:
    told = json.loads(antiphon("run", "shop.yaml", "--python", "shop.py", "--json").out)
    assert (told["status"], told["questions"]) == (
        "waiting",
        [
            {
                "step": "ask",
                "text": "How many copies of Momo?",
                "who": "Ada",
                "form": {"number": {"type": "integer", "about": "how many", "minimum": 1.0}},
                "key": "ask@1",
            }
        ],
    )


def test_an_answer_goes_on_with_a_run_to_its_end(antiphon: Call, begun: str, shop: Path) -> None:
    called = antiphon("runs", "resume", begun, "--answer", "number=2")
    assert (called.status, called.out.strip()) == (0, "2 of Momo are ordered")
    assert (shop / "ledger").read_text() == "2 Momo\n"


@pytest.mark.parametrize("name", ["ask@1.number", "ask.number"])
def test_an_answer_may_name_its_question(antiphon: Call, begun: str, name: str) -> None:
    assert antiphon("runs", "resume", begun, "--answer", f"{name}=2").status == 0


def test_the_beginning_of_a_name_is_enough(antiphon: Call, begun: str) -> None:
    assert antiphon("runs", "resume", begun[:4], "--answer", "number=2").status == 0


def test_without_an_answer_it_waits_again(antiphon: Call, begun: str) -> None:
    called = antiphon("runs", "resume", begun)
    assert (called.status, called.err.splitlines()[-1].split()[:3]) == (3, ["antiphon", "runs", "resume"])


WRONG: Mapping[str, tuple[str, str]] = {
    "too small": ("number=0", "--answer number: 'number' cannot be 0. It must be 1 or more."),
    "no number": ("number=two", "--answer number: 'number' must be a whole number, and is 'two'."),
    "no such field": ("nights=2", "--answer: ask@1 has no field 'nights'. Known: number."),
    "no such question": ("pay.number=2", "--answer: nothing is asked at 'pay'. Known: ask@1."),
    "answered twice": ("number=2 --answer number=3", "--answer: 'number' is answered twice. Give each answer once."),
    "twice by its key": (
        "ask.number=2 --answer number=3",
        "--answer: ask@1 is answered twice. Give 'number' once.",
    ),
    "no answer": ("two", "--answer: 'two' is no answer. Write it as FIELD=VALUE: approve=yes."),
}


@pytest.mark.parametrize(("answer", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer_loses_nothing(antiphon: Call, begun: str, answer: str, said: str) -> None:
    called = antiphon("runs", "resume", begun, "--answer", *answer.split())
    assert called.status == 2
    assert said in called.err
    assert antiphon("runs", "resume", begun, "--answer", "number=2").status == 0


def test_a_run_that_is_done_is_not_gone_on_with(antiphon: Call, done: str) -> None:
    called = antiphon("runs", "resume", done)
    assert (called.status, called.err) == (
        2,
        f"antiphon: the run {done} has come to its end. "
        f"Have a part of it done again with: antiphon runs fork {done}.\n",
    )


def test_a_run_that_is_not_there_is_one_message(antiphon: Call, begun: str) -> None:
    called = antiphon("runs", "resume", "xxxx")
    assert (called.status, called.err) == (2, f"antiphon: there is no run 'xxxx'. Known: {begun}.\n")


def test_a_run_that_failed_says_how_to_go_on(antiphon: Call, begun: str) -> None:
    called = antiphon("runs", "resume", begun, "--answer", "number=101")
    assert called.status == 2
    assert f"kept     the run {begun}; go on with: antiphon runs resume {begun}\n" in called.err


def test_a_run_that_failed_is_tried_again(antiphon: Call, begun: str, shop: Path) -> None:
    antiphon("runs", "resume", begun, "--answer", "number=101")
    functions = shop / "shop.py"
    functions.write_text(functions.read_text().replace("copies > 100", "copies > 1000"))
    called = antiphon("runs", "settle", begun, "--happened", "--result", '"101 are ordered"')
    assert called.status == 2  # it is known of it that it failed
    called = antiphon("runs", "resume", begun)
    assert called.status in (0, 3), called.err


@pytest.fixture
def refused(antiphon: Call, shop: Path) -> str:
    """The name of a run that failed, as a person did not agree to an order."""
    file = shop / "shop.yaml"
    file.write_text(file.read_text().replace("    effects: once\n", "    effects: once\n    approve: true\n"))
    begun = json.loads(antiphon("run", "shop.yaml", "--python", "shop.py", "--json", "--answer", "number=2").out)["run"]
    called = antiphon("runs", "resume", begun, "--answer", "approve=no")
    assert called.status == 2
    assert f"who thinks better of it: antiphon runs resume {begun} --answer approve=yes\n" in called.err
    return str(begun)


def test_a_run_that_was_refused_says_how_to_think_better_of_it(antiphon: Call, refused: str) -> None:
    shown = antiphon("runs", "show", refused).out
    assert shown.endswith(
        f"A person said no; who thinks better of it: antiphon runs resume {refused} --answer approve=yes\n"
    )


@pytest.mark.parametrize("name", ["approve", "buy.approve", "buy@1:approve.approve"])
def test_who_said_no_may_think_better_of_it(antiphon: Call, refused: str, shop: Path, name: str) -> None:
    called = antiphon("runs", "resume", refused, "--answer", f"{name}=yes")
    assert (called.status, called.out.strip()) == (0, "2 of Momo are ordered"), called.err
    assert (shop / "ledger").read_text() == "2 Momo\n"


def test_a_no_that_the_workflow_has_dealt_with_is_not_what_it_failed_with(antiphon: Call, shop: Path) -> None:
    file = shop / "shop.yaml"
    said = file.read_text().replace("    effects: once\n", "    effects: once\n    approve: true\n")
    file.write_text(
        said.replace("    into: order\n", "    into: order\n    on_error: {to: fail}\n")
        + "  fail: {kind: end, fail: nothing was ordered}\n"
    )
    id = json.loads(antiphon("run", "shop.yaml", "--python", "shop.py", "--json", "--answer", "number=2").out)["run"]
    assert "nothing was ordered" in antiphon("runs", "resume", id, "--answer", "approve=no").err
    assert antiphon("runs", "show", id).out.endswith(f"\nGo on with: antiphon runs resume {id}\n")


ORDERS = """\
schema: workflow/v1
name: orders
input: {books: {type: list, items: {type: string}, default: [Momo, Emil]}}
state: {out: {type: list, items: {type: string}, default: []}}
output: {out: "${state.out}"}
start: m
nodes:
  m:
    kind: map
    over: "${input.books}"
    as: book
    do: {kind: python, function: order, with: {book: "${book}", copies: 1}, effects: once, approve: true}
    into: out
    next: end
"""


def test_a_no_in_a_pass_of_a_map_is_taken_back_in_a_fork(antiphon: Call, shop: Path) -> None:
    (shop / "orders.yaml").write_text(ORDERS)
    id = json.loads(antiphon("run", "orders.yaml", "--python", "shop.py", "--json").out)["run"]
    keys = [one["key"] for one in json.loads(antiphon("runs", "show", id, "--json").out)["questions"]]
    answers = [f"--answer={key}.approve={word}" for key, word in zip(keys, ("no", "yes"), strict=True)]
    called = antiphon("runs", "resume", id, *answers)
    assert f"where to be asked again is shown by: antiphon runs show {id}\n" in called.err
    shown = antiphon("runs", "show", id).out
    assert shown.endswith(f"gone past it; to be asked again: antiphon runs fork {id} --at 1\n")
    assert antiphon("runs", "resume", id, f"--answer={keys[0]}.approve=yes").status == 2
    assert antiphon("runs", "fork", id, "--at", "1", "--yes").status == 3


def test_a_run_that_goes_on_without_another_answer_is_refused_again(antiphon: Call, refused: str) -> None:
    called = antiphon("runs", "resume", refused)
    assert (called.status, "did not agree" in called.err) == (2, True)


def test_what_a_run_has_gone_past_is_not_answered_anew(antiphon: Call, refused: str) -> None:
    called = antiphon("runs", "resume", refused, "--answer", "ask.number=3")
    assert (called.status, "nothing is asked at 'ask'" in called.err) == (2, True)


def test_a_fork_does_the_last_step_again_in_a_run_of_its_own(antiphon: Call, done: str, shop: Path) -> None:
    called = antiphon("runs", "fork", done)
    assert (called.status, called.out.strip()) == (0, "2 of Momo are ordered")
    assert (shop / "ledger").read_text() == "2 Momo\n"
    assert len(names(antiphon)) == 2


def test_a_fork_before_a_call_asks_whether_to_make_it_again(
    antiphon: Call, done: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    called = antiphon("runs", "fork", done, "--at", "1")
    assert called.status == 2
    assert '         done order(book="Momo", copies=2)\n' in called.err
    assert "nobody is here to say yes. Give --yes." in called.err
    assert names(antiphon) == [done]


def test_a_fork_before_a_call_makes_it_again(antiphon: Call, done: str, shop: Path) -> None:
    assert antiphon("runs", "fork", done, "--at", "1", "--yes").status == 0
    assert (shop / "ledger").read_text() == "2 Momo\n2 Momo\n"


def test_a_fork_from_the_start_asks_again(antiphon: Call, done: str) -> None:
    called = antiphon("runs", "fork", done, "--at", "start", "--yes", "--json")
    assert (called.status, json.loads(called.out)["status"]) == (3, "waiting")


def test_a_fork_that_is_held_is_gone_on_with_later(antiphon: Call, done: str) -> None:
    called = antiphon("runs", "fork", done, "--hold", "--yes")
    id = called.out.strip()
    assert called.err.endswith(f"Go on with: antiphon runs resume {id}\n")
    assert "not begun" in antiphon("runs", "list").out
    assert antiphon("runs", "resume", id).status == 0


def test_a_point_that_is_not_there_is_one_message(antiphon: Call, done: str) -> None:
    called = antiphon("runs", "fork", done, "--at", "7")
    assert (called.status, called.err) == (
        2,
        "antiphon: --at: there is no point '7'. Its points: start, 0, 1, 2.\n",
    )


def test_a_workflow_that_has_changed_offers_a_fork(antiphon: Call, begun: str, shop: Path) -> None:
    file = shop / "shop.yaml"
    file.write_text(file.read_text().replace("ask:\n", "question:\n").replace("start: ask", "start: question"))
    called = antiphon("runs", "resume", begun, "--answer", "number=2")
    assert called.status == 2
    assert f"or go on from before it with: antiphon runs fork {begun}" in called.err
    called = antiphon("runs", "fork", begun, "--json")
    assert (called.status, json.loads(called.out)["questions"][0]["key"]) == (3, "question@1")


def test_a_fork_begins_at_the_last_point_that_a_changed_workflow_knows(antiphon: Call, done: str, shop: Path) -> None:
    file = shop / "shop.yaml"
    file.write_text(file.read_text().replace("show: {kind", "tell: {kind").replace("next: show", "next: tell"))
    called = antiphon("runs", "fork", done, "--yes")
    assert f"of {done}, before buy\n" in called.err
    assert (called.status, (shop / "ledger").read_text()) == (0, "2 Momo\n2 Momo\n")


def test_a_workflow_that_has_moved_is_named(antiphon: Call, begun: str, shop: Path) -> None:
    (shop / "new.yaml").write_text((shop / "shop.yaml").read_text())
    (shop / "shop.yaml").unlink()
    answered = ("runs", "resume", begun, "--answer", "number=2")
    assert antiphon(*answered).status == 2
    assert antiphon(*answered, "--workflow", "new.yaml").status == 0


CHAT = """\
schema: workflow/v1
name: counting
input: {text: {type: string}}
state: {turns: {type: integer, default: 0, keep: true}}
output: {answer: "${'turn ' + string(state.turns)}"}
start: count
nodes:
  count: {kind: set, values: {turns: "${state.turns + 1}"}, next: show}
  show: {kind: speak, from: "${'turn ' + string(state.turns)}", next: end}
"""


def test_a_conversation_goes_on_on_another_day(antiphon: Call, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop / "chat.yaml").write_text(CHAT)
    monkeypatch.setattr("sys.stdin", io.StringIO("one\ntwo\n"))
    called = antiphon("chat", "chat.yaml", "--thread", "ours")
    assert called.out.split() == ["turn", "1", "turn", "2"]
    assert "kept     go on with: antiphon chat chat.yaml --thread ours\n" in called.err
    monkeypatch.setattr("sys.stdin", io.StringIO("three\n"))
    assert antiphon("chat", "chat.yaml", "--thread", "ours").out.split() == ["turn", "3"]


def test_no_record_keeps_no_run(antiphon: Call, shop: Path) -> None:
    (shop / "chat.yaml").write_text(CHAT)
    antiphon("run", "chat.yaml", "--text", "one")
    antiphon("run", "chat.yaml", "--text", "two", "--no-record")
    assert len(names(antiphon)) == 1


def test_a_queue_needs_postgres(antiphon: Call, shop: Path) -> None:
    called = antiphon("run", "shop.yaml", "--python", "shop.py", "--enqueue")
    assert called.status == 2
    assert "storage.url in app.yaml: runs are kept in SQLite files of this machine" in called.err


def test_a_resumed_run_asks_on_the_terminal(begun: str) -> None:
    opened = Terminal("runs", "resume", begun)
    try:
        opened.until("question How many copies of Momo? (Ada)")
        opened.until("number (how many) [a whole number 1 or more]: ")
        opened.types("2\n")
        assert opened.ended() == 0
    finally:
        opened.close()
