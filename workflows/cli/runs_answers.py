"""Answers to open questions as they are given on the command line: FIELD=VALUE, or KEY.FIELD=VALUE of several."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ...tools.base.errors import InputError
from ...tools.base.suggest import did_you_mean
from .runs_facts import Open

if TYPE_CHECKING:
    from ..storage.store import Store
    from ..storage.types import RunRow

_AT = "--answer"


def assigned(given: Mapping[str, str], open_: Sequence[Open], others: Sequence[Open] = ()) -> dict[str, dict[str, str]]:
    """What is given, by the key of its question and the field.

    Args:
        given: Values by FIELD, or by KEY.FIELD; the name of the node that asks may stand for its key.
        open_: What an answer without a key may be meant for.
        others: What only one with a key is for.
    Raises:
        InputError: there is no such question, or several; or it has no such field.
    """
    found: dict[str, dict[str, str]] = {}
    for name, value in given.items():
        key, dot, field = name.rpartition(".")
        one = _meant(key, [*open_, *others]) if dot else _only(name, open_)
        if one.question is not None and field not in one.question.form:
            raise InputError(
                f"{one.row.key} has no field {field!r}", at=_AT, hint=did_you_mean(field, one.question.form)
            )
        fields = found.setdefault(one.row.key, {})
        if field in fields:
            raise InputError(f"{one.row.key} is answered twice", at=_AT, hint=f"Give {field!r} once")
        fields[field] = value
    return found


async def answer_given(store: "Store", row: "RunRow", given: Mapping[str, str], *, ask: bool) -> None:
    """Keep the answers, all of them or none; nothing is kept where one does not fit.

    Args:
        ask: Whether somebody is there to be asked for the fields that are missing.
    Raises:
        InputError: one of them does not fit, or answers no question; a field is missing, and nobody is there.
    """
    from ..run.resuming import answer
    from ..run.resuming import asked as question_at
    from .answering import Answering, typed_line
    from .runs_facts import again_of, open_of

    open_, (no, again) = await open_of(store, row), await again_of(store, row)
    by_key = assigned(given, open_ or no or again, again)
    filled = {}
    for key, fields in by_key.items():
        question = await question_at(store, row, key)
        form = await Answering(fields, typed_line if ask else None)(question)
        if form is None:
            rest = " ".join(f"--answer {name}=..." for name in question.form if name not in fields)
            raise InputError(f"{key} is not answered in full", at=_AT, hint=f"Give {rest}, too")
        filled[key] = form
    for key, form in filled.items():
        await answer(store, row.id, key, form)


def _only(name: str, open_: Sequence[Open]) -> Open:
    if not open_:
        hint = "Go on with it without an answer; to answer anew what it has gone past: antiphon runs fork"
        raise InputError("the run asks nothing", at=_AT, hint=hint)
    if len(open_) > 1:
        keys = " or ".join(f"--answer {one.row.key}.{name}=..." for one in open_)
        raise InputError(f"{len(open_)} questions are open", at=_AT, hint=f"Say which one {name!r} answers: {keys}")
    return open_[0]


def _meant(key: str, open_: Sequence[Open]) -> Open:
    here = {one.row.key: one for one in open_}
    found = [here[key]] if key in here else [one for one in here.values() if one.row.step == key]
    if len(found) != 1:
        problem = f"several questions are asked at {key!r}" if found else f"nothing is asked at {key!r}"
        raise InputError(problem, at=_AT, hint=did_you_mean(key, here))
    return found[0]
