"""OpenAI's package is an extra; where it is not installed, that is said."""

from importlib.util import find_spec

import pytest

from antiphon.agents.perception.ears import EARS
from antiphon.tools.base.engines import load
from antiphon.tools.base.errors import MissingExtra


@pytest.mark.skipif(find_spec("whisper") is not None, reason="it is installed")
def test_the_missing_package_names_its_extra() -> None:
    sentence = r"needs the module 'whisper', which is not installed\. .* pip install 'antiphon\[whisper\]'"
    with pytest.raises(MissingExtra, match=sentence):
        load("ear", "openai-whisper", EARS)
