"""What runs ask people, and what they answered."""

from dataclasses import dataclass

from ...tools.base.database import Database
from ...tools.base.errors import InputError
from .schema import columns, insertion, made
from .types import QuestionRow

_COLUMNS = ", ".join(columns(QuestionRow))


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a database."""

    database: Database

    async def find(self, run: str, key: str) -> QuestionRow | None:
        """The question of that place, if it was ever asked."""
        rows = await self.database.rows(f"SELECT {_COLUMNS} FROM questions WHERE run = ? AND key = ?", run, key)
        return made(QuestionRow, rows[0]) if rows else None

    async def ask(self, row: QuestionRow) -> None:
        """Keep a question; one that was asked in that place before stays as it was."""
        sql, values = insertion("questions", row)
        async with self.database.transaction() as transaction:
            await transaction.run(f"{sql} ON CONFLICT (run, key) DO NOTHING", *values)

    async def ask_again(self, row: QuestionRow) -> None:
        """Put a question anew: the answer of the row does not count; one that was given meanwhile does."""
        async with self.database.transaction() as transaction:
            await transaction.run(
                "UPDATE questions SET question_entry = ?, asked = ?, answer_entry = ''"
                " WHERE run = ? AND key = ? AND answer_entry = ?",
                *(row.question_entry, row.asked, row.run, row.key, row.answer_entry),
            )

    async def answer(self, run: str, key: str, answer_entry: str, *, instead_of: str = "") -> bool:
        """Keep the answer; whether it is the first one. Of several the first counts, and the others are not kept.

        Args:
            instead_of: The answer whose place it takes, where somebody has thought better of it.
        Raises:
            InputError: nothing was asked there.
        """
        async with self.database.transaction() as transaction:
            if await transaction.count(
                "UPDATE questions SET answer_entry = ? WHERE run = ? AND key = ? AND answer_entry = ?",
                *(answer_entry, run, key, instead_of),
            ):
                return True
            if not await transaction.run("SELECT 1 FROM questions WHERE run = ? AND key = ?", run, key):
                raise InputError(f"the run {run} has asked nothing at {key!r}")
        return False

    async def of(self, run: str) -> list[QuestionRow]:
        """All questions of a run, the oldest first."""
        sql = f"SELECT {_COLUMNS} FROM questions WHERE run = ? ORDER BY asked, key"
        return [made(QuestionRow, row) for row in await self.database.rows(sql, run)]

    async def open(self, run: str = "") -> list[QuestionRow]:
        """The questions of a run, or of all, that nobody has answered, the oldest first."""
        only, values = (" AND run = ?", [run]) if run else ("", [])
        sql = f"SELECT {_COLUMNS} FROM questions WHERE answer_entry = ''{only} ORDER BY asked, key"
        return [made(QuestionRow, row) for row in await self.database.rows(sql, *values)]
