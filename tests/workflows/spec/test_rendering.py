"""What is rendered is read again as it was, whatever it is."""

from pathlib import Path

import pytest
from hypothesis import given

from antiphon.tools.base.checked import checked
from antiphon.tools.base.yaml_reading import parse_yaml, read_yaml
from antiphon.workflows.spec.comments import Comments, comments_of
from antiphon.workflows.spec.rendering import as_data, render, render_data
from antiphon.workflows.spec.types import WorkflowSpec
from antiphon.workflows.spec.width import width

from .strategies import Data, commented, often, specs

ROOT = Path(__file__).parents[3]
FILES = sorted(
    file
    for file in (*(ROOT / "workflows" / "library").rglob("workflow.yaml"), *(ROOT / "examples").rglob("*.yaml"))
    if "schema: workflow/v1" in file.read_text(encoding="utf-8")
)


def read(text: str) -> WorkflowSpec:
    return checked(parse_yaml(text, Path("rendered.yaml")), WorkflowSpec)


@often
@given(specs())
def test_plain_data_is_rendered_and_read_as_it_was(data: Data) -> None:
    assert repr(parse_yaml(render_data(data), Path("rendered.yaml")).value) == repr(data)


@often
@given(specs())
def test_parse_render_parse_is_equal(data: Data) -> None:
    spec = read(render_data(data))
    assert repr(as_data(read(render(spec)))) == repr(as_data(spec))


@often
@given(commented())
def test_comments_stay_where_they_are(commented: tuple[Data, Comments]) -> None:
    data, comments = commented
    assert comments_of(parse_yaml(render_data(data, comments), Path("rendered.yaml"))) == comments


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.parent.name)
def test_a_file_of_ours_keeps_its_order_and_its_comments(file: Path) -> None:
    document = read_yaml(file)
    text = render(checked(document, WorkflowSpec), comments_of(document), document.positions)
    again = parse_yaml(text, file)
    assert (repr(list_of_keys(again.value)), comments_of(again)) == (
        repr(list_of_keys(document.value)),
        comments_of(document),
    )


def list_of_keys(value: object) -> object:
    """Keys in their order, all the way down."""
    if isinstance(value, dict):
        return [(key, list_of_keys(item)) for key, item in value.items()]
    return [list_of_keys(item) for item in value] if isinstance(value, list) else None


def test_a_workflow_is_laid_out_for_people() -> None:
    spec = read(
        'schema: workflow/v1\nname: a\ntitle: {en: "Yes, no", zh: 你好}\n'
        'nodes: {x: {next: end, prompt: {user: "Say\\nthis:\\n  {{ input.text }}\\n"}, kind: llm, about: "no"},\n'
        '  show: {kind: speak, from: "${state.a}", route: [{when: "state.a == \'b\'", to: x}, {else: end}]}}\n'
        "start: x\n"
    )
    assert render(spec) == (
        "schema: workflow/v1\n"
        "name: a\n"
        'title: {en: "Yes, no", zh: 你好}\n'
        "start: x\n"
        "\n"
        "nodes:\n"
        "  x:\n"
        "    kind: llm\n"
        '    about: "no"\n'
        "    prompt:\n"
        "      user: |\n"
        "        Say\n"
        "        this:\n"
        "          {{ input.text }}\n"
        "    next: end\n"
        "\n"
        "  show:\n"
        "    kind: speak\n"
        '    from: "${state.a}"\n'
        "    route:\n"
        "      - {when: \"state.a == 'b'\", to: x}\n"
        "      - {else: end}\n"
    )


@pytest.mark.parametrize(
    "text", ["trailing space \nb", "\tb\nc", " a\nb", "a\n\n", "a\r\nb", "\u2028", "\x85", "\ufeffa", ""]
)
def test_what_a_block_would_change_is_quoted(text: str) -> None:
    rendered = render_data({"a": text})
    assert (rendered[:4], parse_yaml(rendered, Path("rendered.yaml")).value) == ('a: "', {"a": text})


def test_a_long_text_is_folded_at_spaces() -> None:
    text = "说明 and more " * 20 + "end"
    rendered = render_data({"about": text})
    assert parse_yaml(rendered, Path("rendered.yaml")).value == {"about": text}
    assert max(map(width, rendered.splitlines())) <= 100
