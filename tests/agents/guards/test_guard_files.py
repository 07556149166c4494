"""A family's own rules file: what it changes holds, and what is wrong in it is shown with its place."""

from pathlib import Path

import pytest

from antiphon.agents.guards.guard import RulesGuard, Verdict
from antiphon.agents.guards.rules import CHILD, load_rules
from antiphon.tools.base.errors import FileError, InputError

SMALL = """\
schema: guards/v1
country: {country}
help_lines:
  - {{country: GB, languages: [en], name: {{en: Childline, zh: 儿童热线}}, number: 0800 1111, source: x}}
  - {{country: IE, languages: [], name: {{en: Childline, zh: 儿童热线}}, number: 1800 66 66 66, source: x}}
  - {{country: CN, languages: [zh], name: {{en: the youth line, zh: 青少年热线}}, number: "12355", source: x}}
fillers: [um]
words:
  en: {{chore: [dishes, laundry, "{{room}}"], room: [my room, attic]}}
  zh: {{chore: [洗碗]}}
categories:
  - name: chores
    means: {{en: Chores., zh: 家务。}}
    reaction: refuse
    reply: {{en: "Do it. {{help_lines}}", zh: "去做吧。{{help_lines}}"}}
    question:
      en:
        {rule}
      zh: ["不想 ... {{chore}}"]
    examples: {{caught: [a, b], passes: [a, b]}}
"""


def guard(folder: Path, rule: str = '- "skip .. {chore}"', country: str = '""') -> RulesGuard:
    path = folder / "rules.yaml"
    path.write_text(SMALL.format(rule=rule, country=country), encoding="utf-8")
    return RulesGuard(load_rules(path))


def asked(guard: RulesGuard, question: str, language: str = "en") -> Verdict:
    return guard.check(question, side="question", language=language)


def problems(folder: Path, rule: str) -> str:
    with pytest.raises(FileError) as error:
        guard(folder, rule)
    return str(error.value).replace(str(folder / "rules.yaml"), "FILE")


@pytest.mark.parametrize(
    ("rule", "question", "caught"),
    [
        ('- "skip .. {chore}"', "can I skip the dishes", True),
        ('- "skip .. {chore}"', "can I skip cleaning my room", True),
        ('- "skip .. {chore}"', "skip one two three dishes", False),
        ('- "skip ... {chore}"', "skip one two three dishes", True),
        ('- "skip + {chore}"', "skip the dishes", False),
        ('- "skip & {chore}"', "the dishes are so many that today, which is a holiday, I skip", True),
        ('- "skip"', "skipping is fun", True),
        ('- "=skip"', "skipping is fun", False),
        ('- "not now/later on"', "I will, later on", True),
        ('- {says: "skip .. {chore}", unless: [holiday]}', "skip the dishes on a holiday", False),
        ('- {regex: "d[a-z]{1,9}s"}', "dishes", True),
    ],
)
def test_a_pattern_means_what_the_file_says(tmp_path: Path, rule: str, question: str, caught: bool) -> None:
    assert asked(guard(tmp_path, rule), question).allowed is not caught


def test_a_changed_word_changes_what_is_caught(tmp_path: Path) -> None:
    changed = tmp_path / "mine.yaml"
    changed.write_text(
        CHILD.read_text("utf-8").replace("    hazard: [bleach,", "    hazard: [bleach, trombone,"), "utf-8"
    )
    question = "can I play my trombone"
    assert asked(RulesGuard(load_rules()), question).allowed
    assert asked(RulesGuard(load_rules(changed)), question).category == "dangerous_experiment"


@pytest.mark.parametrize(
    ("country", "language", "reply"),
    [
        ('""', "en", "Do it. Childline 0800 1111"),
        ('""', "zh", "去做吧。青少年热线 12355"),
        ("IE", "en", "Do it. Childline 1800 66 66 66"),
        ("IE", "zh", "去做吧。儿童热线 1800 66 66 66"),
        ("FR", "en", "Do it. Childline 0800 1111"),
    ],
)
def test_the_help_lines_are_those_of_the_country_or_of_the_language(
    tmp_path: Path, country: str, language: str, reply: str
) -> None:
    assert asked(guard(tmp_path, country=country), "skip dishes", language).reply == reply


def test_an_unknown_word_group_is_shown_with_its_place_and_the_nearest_name(tmp_path: Path) -> None:
    assert problems(tmp_path, '- "skip .. {chores}"') == (
        "FILE:18:11: there is no word group {chores} in this language. Did you mean 'chore'? Known: chore, room."
    )


def test_a_group_beside_other_words_is_told_how_to_stand(tmp_path: Path) -> None:
    assert problems(tmp_path, '- "skip {chore}"') == (
        "FILE:18:11: in 'skip {chore}' the word group stands beside other words. Write '{group} + word'."
    )


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ('- "... dishes"', "needs words at its beginning and at its end"),
        ('- "skip .. /"', "must have from 1 to"),
        ("- {unless: [x]}", "write one of 'says' and 'regex'"),
        ("- {says: a, regex: b}", "write one of 'says' and 'regex'"),
        ("- {say: a}", "unknown key 'say'. Did you mean 'says'?"),
        ('- {regex: "(a+)+b"}', "may not repeat without a bound"),
        ('- {regex: "a*"}', "may not repeat without a bound"),
        ('- {regex: "a{2,}"}', "may not repeat without a bound"),
        ('- {regex: "(ab){1,9}"}', "may not repeat a group"),
        ('- {regex: "a{1,99}b{1,99}c{1,99}d{1,99}"}', "could take very long"),
        ('- {regex: "(["}', "this is not a regular expression"),
        ("- 5", "must be keys with values, not 5"),
    ],
)
def test_a_mistake_is_shown_with_its_line(tmp_path: Path, rule: str, complaint: str) -> None:
    message = problems(tmp_path, rule)
    assert message.startswith("FILE:18:")
    assert complaint in message


def test_every_mistake_is_shown_at_once(tmp_path: Path) -> None:
    assert problems(tmp_path, '- "{a}"\n        - "{b}"').count("\n") == 1


def test_a_group_that_contains_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(CHILD.read_text("utf-8").replace('    ask: ["{how}", ', '    ask: ["{ask}", ', 1), "utf-8")
    with pytest.raises(FileError, match=r"the word group \{ask\} contains itself"):
        load_rules(path)


def test_a_category_named_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(CHILD.read_text("utf-8").replace("name: being_hurt", "name: self_harm"), "utf-8")
    with pytest.raises(FileError, match="two categories called 'self_harm'"):
        load_rules(path)


def test_a_category_without_chinese_words_to_say_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    text = SMALL.format(rule="- a", country='""').replace("means: {en: Chores., zh: 家务。}", "means: {en: Chores.}")
    path.write_text(text, "utf-8")
    with pytest.raises(FileError, match=r"rules\.yaml:13:\d+: E202 'categories\.0\.means\.zh' is missing"):
        load_rules(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        load_rules(tmp_path / "none.yaml")


EXAMPLES = "schema: guard-examples/v1\nexamples:\n  chores: {sentences}\n  none: [hello, good morning, what is a cat]\n"


def learning(folder: Path, sentences: str, name: str = "mine.yaml") -> RulesGuard:
    (folder / name).write_text(EXAMPLES.format(sentences=sentences), encoding="utf-8")
    text = SMALL.format(rule="- zzz", country='""').replace(
        "fillers: [um]", "fillers: [um]\nlikeness: {examples: mine.yaml, certainty: 4}"
    )
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    return RulesGuard(load_rules(folder / "rules.yaml"))


def test_a_sentence_like_an_example_is_caught(tmp_path: Path) -> None:
    guard = learning(tmp_path, "[must I water the plants, watering plants is dull, I forgot the plants]")
    assert asked(guard, "do I have to water those plants").category == "chores"
    assert asked(guard, "what is a cat").allowed


def test_likeness_is_not_asked_of_answers(tmp_path: Path) -> None:
    guard = learning(tmp_path, "[must I water the plants, watering plants is dull, I forgot the plants]")
    assert guard.check("do I have to water those plants", side="answer", language="en").allowed


def test_a_mistake_in_the_examples_is_shown_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"mine\.yaml:3:\d+"):
        learning(tmp_path, "5")


def test_rules_copied_without_their_examples_learn_from_the_shipped_ones(tmp_path: Path) -> None:
    copy = tmp_path / "child.yaml"
    copy.write_text(CHILD.read_text("utf-8"), "utf-8")
    assert load_rules(copy).likeness == load_rules().likeness
