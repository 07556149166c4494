"""What the package offers at its top."""

import antiphon


def test_the_public_names_are_these() -> None:
    assert antiphon.__all__ == ["Agent", "Workflow", "resume", "run", "tool"]


def test_every_public_name_is_there() -> None:
    assert [name for name in antiphon.__all__ if not hasattr(antiphon, name)] == []
