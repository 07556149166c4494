"""Data sets: what is read of a line, and what is said of a wrong one."""

from pathlib import Path

import pytest

from antiphon.tools.base.errors import FileError, InputError
from antiphon.workflows.compare.data import Item, read_items


@pytest.fixture
def lines(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(*lines: str) -> Path:
        path = tmp_path / "set.jsonl"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


def problem_of(path: Path) -> str:
    with pytest.raises((FileError, InputError)) as told:
        read_items(path)
    return str(told.value).replace(str(path), "set.jsonl")


def test_a_line_is_an_item(lines) -> None:  # type: ignore[no-untyped-def]
    path = lines('{"id": "q7", "question": "一加一？", "answer": [2, "two"], "scorer": "contains", "language": "zh"}')
    assert read_items(path) == [Item("q7", "一加一？", ("2", "two"), "contains", "", "zh")]


def test_what_a_line_does_not_say_comes_from_the_command_line(lines) -> None:  # type: ignore[no-untyped-def]
    path = lines('{"question": "1+1?", "answer": 2, "level": "easy"}', "", '{"question": "2+2?", "answer": 4}')
    assert [(item.id, item.scorer) for item in read_items(path, scorer="number")] == [("1", "number"), ("3", "number")]


def test_a_limit_reads_no_further(lines) -> None:  # type: ignore[no-untyped-def]
    assert len(read_items(lines('{"question": "1+1?", "answer": 2}', "no JSON"), limit=1)) == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"question": "?", "answer": }', "set.jsonl:1:29: this is no JSON: expecting value."),
        ("[1, 2]", "set.jsonl:1:1: this is no object with keys."),
        ('{"question": "?"}', "set.jsonl:1:1: 'answer' is missing."),
        ('{"answer": "5"}', "set.jsonl:1:1: 'question' is missing."),
        ('{"question": 5, "answer": "5"}', "set.jsonl:1:1: 'question' is a text, found 5."),
        ('{"question": "?", "answer": {"a": 1}}', "'answer' is a text, a number or a list of those, found {\"a\": 1}."),
        ('{"question": "?", "answer": []}', "set.jsonl:1:1: 'answer' is an empty list."),
        ('{"question": "?", "answer": "5", "scorer": "nmber"}', "there is no scorer \"nmber\". Did you mean 'number'?"),
        ('{"question": "?", "answer": "many", "scorer": "number"}', "the answer must be a number, or a text with one"),
        ('{"question": "?", "answer": "none of them", "scorer": "choice"}', "must be a letter from A to J, or yes, no"),
        ('{"question": "?", "awnser": "5"}', "there is no key 'awnser'. Did you mean 'answer'?"),
        ('{"question": "?", "answer": "5", "language": "fr"}', 'there is no language "fr". Known: en, zh.'),
        ('{"question": "?", "answer": NaN}', "this is no JSON: NaN is no value of JSON."),
        ('{"question": "?", "answer": "5", "id": true}', "'id' is a text or a whole number, found true."),
    ],
)
def test_a_wrong_line_is_told_with_its_number(lines, line: str, told: str) -> None:  # type: ignore[no-untyped-def]
    assert told in problem_of(lines(line))


def test_every_wrong_line_is_told(lines) -> None:  # type: ignore[no-untyped-def]
    told = problem_of(lines("x", '{"question": "?", "answer": 1}', "y"))
    assert [line.split(":")[1] for line in told.splitlines()] == ["1", "3"]


def test_two_equal_ids_are_refused(lines) -> None:  # type: ignore[no-untyped-def]
    path = lines('{"id": 1, "question": "?", "answer": 1}', '{"id": "1", "question": "??", "answer": 1}')
    assert "set.jsonl:2:1: the id '1' is that of line 1 too." in problem_of(path)


def test_an_empty_file_is_refused(lines) -> None:  # type: ignore[no-untyped-def]
    assert problem_of(lines("")).startswith("set.jsonl: no question is in it. Write one on each line:")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "set.jsonl: cannot read it: no such file or directory." in problem_of(tmp_path / "set.jsonl")


def test_a_recording_is_no_data_set(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(b"RIFF\xff\xfe\x00")
    assert problem_of(path).startswith("set.jsonl: this is no text in UTF-8.")
