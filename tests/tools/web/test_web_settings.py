"""The section `web` of app.yaml: nothing by itself, and mistakes with their line."""

import re
from pathlib import Path

import pytest

from antiphon.agents.roles.types import App
from antiphon.tools.base.checked import checked
from antiphon.tools.base.errors import FileError
from antiphon.tools.base.yaml_reading import parse_yaml
from antiphon.tools.web.settings import WebSettings

APP = "schema: app/v1\nmodels:\n  chat: {engine: embedded, model: m}\n"


def read(web: str = "") -> WebSettings:
    return checked(parse_yaml(APP + web, Path("app.yaml")), App).web


def test_no_address_is_there_unless_it_is_written() -> None:
    assert (read().encyclopedia, read().search) == ("", "")


def test_the_section_is_read() -> None:
    web = read("web: {encyclopedia: 'https://{language}.wikipedia.org/w/api.php', timeout_s: 2}")
    assert web == WebSettings(encyclopedia="https://{language}.wikipedia.org/w/api.php", timeout_s=2)


@pytest.mark.parametrize(
    "address", ["wikipedia.org", "file:///etc/passwd", "https://{lang}.x.org/", "http://me:pw@x.org/"]
)
def test_a_wrong_address_is_told_with_its_place(address: str) -> None:
    with pytest.raises(
        FileError, match=r"app.yaml:4:21: E203 'web.encyclopedia': it must be like https://\{language\}"
    ):
        read(f"web: {{encyclopedia: '{address}'}}")


def test_the_section_in_the_guide_is_right() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "web.md").read_text(encoding="utf-8")
    [block] = re.findall(r"^```yaml\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert checked(parse_yaml(block, Path("guide")), App).web.timeout_s == 4
