"""`antiphon explain` says what a code means, in English and in Chinese, and helps where there is no such code."""

import re

import pytest
from click.testing import CliRunner, Result

from antiphon.tools.base.errors import InputError
from antiphon.workflows.cli.explain import explain
from antiphon.workflows.diagnostics.catalogue import codes, explanation, explanations
from antiphon.workflows.diagnostics.kinds import topics


def run(*arguments: str, lang: str = "en_GB.UTF-8") -> Result:
    """Call the command under a language of the machine."""
    return CliRunner().invoke(explain, arguments, env={"LANG": lang, "LC_ALL": "", "LC_MESSAGES": ""})


def test_a_code_is_explained_with_two_examples() -> None:
    lines = run("E502").output.splitlines()
    assert (lines[0][:4], "Wrong:" in lines, "Right:" in lines) == ("E502", True, True)


def test_small_letters_will_do() -> None:
    assert run("e502").output == run("E502").output


def test_the_language_is_the_machines() -> None:
    assert "错误：" in run("E502", lang="zh_CN.UTF-8").output


def test_the_language_can_be_chosen() -> None:
    assert run("E502", "--language", "zh").output == run("E502", lang="zh_CN.UTF-8").output


def test_without_a_code_all_are_listed() -> None:
    assert [code for code in codes() if f"  {code}  " not in run().output] == []


def test_without_a_code_the_other_topics_are_listed_too() -> None:
    listed = re.findall(r"\w+", run().output.partition("Kinds of nodes\n")[2])
    assert {*topics()} <= {*listed}


def test_a_kind_of_node_is_explained_by_its_name() -> None:
    assert run("wait").output.startswith("wait: ")


def test_a_code_that_is_none_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"there is no code 'E5022'\. Did you mean 'E502'"):
        explanation("E5022")


def test_every_file_of_the_catalogue_reads_right() -> None:
    assert [code for code, about in explanations().items() if about.code != code] == []
