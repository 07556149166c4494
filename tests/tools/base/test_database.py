"""The same SQL in both databases, for many processes at once, some of which die or hang."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from antiphon.tools.base.database import Database, open_database
from antiphon.tools.base.errors import InputError, MissingExtra, StorageError

TABLE = """
CREATE TABLE IF NOT EXISTS things (
    name TEXT PRIMARY KEY, number BIGINT NOT NULL, part DOUBLE PRECISION, content {bytes}
);
CREATE INDEX IF NOT EXISTS things_by_number ON things (number)
"""
ADDING = """
import asyncio, sys
from pathlib import Path
from antiphon.tools.base.database import open_database

async def add(where, times, name):
    async with open_database(where if "://" in where else Path(where)) as database:
        for number in range(times):
            async with database.transaction() as transaction:
                await transaction.run("UPDATE things SET number = number + 1 WHERE name = ?", "sum")
                await transaction.run("INSERT INTO things (name, number) VALUES (?, ?)", f"{name}-{number}-a", 1)
                await transaction.run("INSERT INTO things (name, number) VALUES (?, ?)", f"{name}-{number}-b", 1)
            if number == 10:
                print("ten", flush=True)

asyncio.run(add(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
"""


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    return request.getfixturevalue("postgres_url") if request.param == "postgres" else tmp_path / "data" / "x.sqlite"


@pytest.fixture
async def database(where: Path | str) -> AsyncIterator[Database]:
    async with open_database(where) as opened:
        await opened.prepare(TABLE)
        yield opened


def adding(where: Path | str, times: int, name: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", ADDING, str(where), str(times), name], stdout=subprocess.PIPE)


async def put(database: Database, name: str, number: int = 0) -> None:
    async with database.transaction() as transaction:
        await transaction.run("INSERT INTO things (name, number) VALUES (?, ?)", name, number)


async def names(database: Database) -> list[str]:
    return [row[0] for row in await database.rows("SELECT name FROM things ORDER BY name")]


async def test_values_come_back_as_they_went_in(database: Database) -> None:
    values = ("月亮 100%? 'a' \\", 1 << 60, 1_763_800_000.123456, bytes(range(256)))
    async with database.transaction() as transaction:
        await transaction.run("INSERT INTO things VALUES (?, ?, ?, ?)", *values)
    assert [tuple(row) for row in await database.rows("SELECT * FROM things")] == [values]


async def test_a_percent_sign_in_sql_is_itself(database: Database) -> None:
    await put(database, "100%")
    assert await database.rows("SELECT number FROM things WHERE name LIKE '%!%' ESCAPE '!' OR number = ?", 0)


async def test_a_sum_is_a_number(database: Database) -> None:
    await put(database, "a", 2)
    assert (await database.rows("SELECT SUM(number) FROM things"))[0][0] * 1.5 == 3.0


async def test_its_clock_is_in_seconds_since_1970(database: Database) -> None:
    assert float((await database.rows(f"SELECT {database.now}"))[0][0]) == pytest.approx(time.time(), abs=5)


async def test_a_statement_tells_how_many_rows_it_wrote(database: Database) -> None:
    await put(database, "a")
    await put(database, "b")
    async with database.transaction() as transaction:
        assert await transaction.count("UPDATE things SET number = ? WHERE name < ?", 5, "z") == 2


async def test_an_error_takes_the_whole_transaction_back(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as transaction:
            await transaction.run("INSERT INTO things (name, number) VALUES (?, ?)", "a", 1)
            raise TimeoutError("of the caller")

    with pytest.raises(TimeoutError, match="of the caller"):
        await fail()
    assert await names(database) == []


async def test_wrong_sql_is_told_and_takes_the_whole_transaction_back(database: Database) -> None:
    async def twice() -> None:
        async with database.transaction() as transaction:
            for _ in range(2):
                await transaction.run("INSERT INTO things (name, number) VALUES (?, ?)", "a", 1)

    with pytest.raises(StorageError, match="things"):
        await twice()
    assert await names(database) == []


async def test_a_cancel_takes_the_whole_transaction_back(database: Database) -> None:
    began = asyncio.Event()

    async def hang() -> None:
        async with database.transaction() as transaction:
            await transaction.run("INSERT INTO things (name, number) VALUES (?, ?)", "a", 1)
            began.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(hang())
    await began.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await put(database, "b")
    assert await names(database) == ["b"]


@pytest.mark.parametrize("after_s", [0.0, 0.0001, 0.0003, 0.001, 0.003])
async def test_a_cancel_at_any_moment_leaves_all_or_nothing(database: Database, after_s: float) -> None:
    async def both(turn: int) -> None:
        async with database.transaction() as transaction:
            for side in "ab":
                await transaction.run("INSERT INTO things (name, number) VALUES (?, ?)", f"{turn}{side}", 1)

    for turn in range(20):
        task = asyncio.create_task(both(turn))
        await asyncio.sleep(after_s)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    found = await names(database)
    assert {name[:-1] + "a" for name in found} | {name[:-1] + "b" for name in found} == set(found)


async def test_one_that_waits_to_write_can_be_cancelled(where: Path | str, database: Database) -> None:
    await put(database, "a")
    async with open_database(where) as other, other.transaction() as writing:
        await writing.run("UPDATE things SET number = 1")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1), database.transaction() as waiting:
                await waiting.run("UPDATE things SET number = 2")
    await put(database, "b")
    assert await names(database) == ["a", "b"]


async def test_of_two_that_compare_and_set_one_succeeds(where: Path | str, database: Database) -> None:
    await put(database, "a", 1)

    async def take(one: Database) -> int:
        async with one.transaction() as transaction:
            return await transaction.count("UPDATE things SET number = 2 WHERE name = 'a' AND number = 1")

    async with open_database(where) as other:
        assert sorted(await asyncio.gather(take(database), take(other))) == [0, 1]


async def test_many_first_openers_make_the_tables_once(where: Path | str) -> None:
    async with AsyncExitStack() as stack:
        opened = await asyncio.gather(*(stack.enter_async_context(open_database(where)) for _ in range(6)))
        await asyncio.gather(*(database.prepare(TABLE) for database in opened))
        assert await names(opened[0]) == []


async def test_many_processes_write_at_once_and_nothing_is_lost(where: Path | str, database: Database) -> None:
    await put(database, "sum")
    children = [adding(where, 40, f"p{number}") for number in range(4)]
    for child in children:
        await asyncio.to_thread(child.communicate)
    assert [child.returncode for child in children] == [0] * 4
    assert [tuple(row) for row in await database.rows("SELECT number, name FROM things WHERE name = 'sum'")] == [
        (160, "sum")
    ]
    assert len(await names(database)) == 1 + 4 * 40 * 2


async def test_one_that_is_killed_while_it_writes_leaves_whole_transactions(
    where: Path | str, database: Database
) -> None:
    await put(database, "sum")
    with adding(where, 1_000_000, "p") as child:
        assert child.stdout is not None
        assert await asyncio.to_thread(child.stdout.readline) == b"ten\n"
        child.kill()
    kept = [name for name in await names(database) if name.endswith("a")]
    total = await database.rows("SELECT number FROM things WHERE name = 'sum'")
    assert len(await names(database)) == 1 + 2 * len(kept)
    assert total[0][0] == len(kept)


async def test_purging_keeps_what_is_there(database: Database) -> None:
    await put(database, "a")
    await database.purge("things")
    assert await names(database) == ["a"]


async def test_the_database_is_not_used_inside_of_its_transaction(tmp_path: Path) -> None:
    async with open_database(tmp_path / "x.sqlite") as database, database.transaction():
        with pytest.raises(AssertionError, match="only it"):
            await database.rows("SELECT 1")


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"no database, but a text of some length" * 50, "not a database"), (b"SQLite format 3\0" + b"\xff" * 4096, "")],
)
async def test_a_file_that_is_no_database_is_told(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "x.sqlite"
    path.write_bytes(content)
    with pytest.raises(StorageError, match=rf"x\.sqlite: .*{reason}.*Move it away"):
        async with open_database(path) as database:
            await database.prepare(TABLE)
    assert path.read_bytes() == content


async def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    async with open_database(path) as database:
        await database.prepare(TABLE)
        for number in range(300):
            await put(database, f"name {number}" * 20)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StorageError, match=r"damaged.*Move it away"):
        async with open_database(path) as database:
            await names(database)


async def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="Choose another place"):
        async with open_database(tmp_path):
            pass


async def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    async with open_database(tmp_path / "x.sqlite") as database:
        await database.prepare(TABLE)
        await put(database, "a")
        await database.rows("PRAGMA max_page_count = 8")
        with pytest.raises(StorageError, match=r"full\. Free some space"):
            await put(database, "b" * 100_000)
        assert await names(database) == ["a"]


async def test_only_this_user_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    async with open_database(path) as database:
        await database.prepare(TABLE)
        assert {one.stat().st_mode & 0o777 for one in tmp_path.iterdir()} == {0o600}


async def test_a_url_of_something_else_is_refused() -> None:
    with pytest.raises(InputError, match=r"'mysql' is no database we know\. Write postgresql://user@host/name"):
        open_database("mysql://user@host/name")


async def test_postgres_without_its_packages_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match=r"pip install 'antiphon\[postgres\]'"):
        async with open_database("postgresql://user@host/name"):
            pass


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:hush%2Fhush@127.0.0.1:1/name",
        "postgresql://127.0.0.1:1/name?user=user&password=hush",
    ],
)
async def test_a_server_that_is_not_there_is_told_without_the_password(url: str) -> None:
    with pytest.raises(StorageError, match=r"postgresql://user@\S+: .*See whether the server runs") as caught:
        async with open_database(url):
            pass
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("url", ["postgresql://user:hu@sh@host/x", "postgres://user:hu/sh@host/x"])
async def test_a_password_that_breaks_the_url_is_not_told(url: str) -> None:
    with pytest.raises(InputError, match=r"%40 is @") as caught:
        async with open_database(url):
            pass
    assert "hu" not in str(caught.value)


async def test_a_missing_postgres_database_is_told(postgres_url: str) -> None:
    with pytest.raises(StorageError, match=r'database "other" does not exist\. Make it with: createdb'):
        async with open_database(postgres_url.replace("@/t", "@/other?application_name=t").replace("?host", "&host")):
            pass


async def test_a_lost_connection_is_told_and_the_next_one_works(postgres_url: str) -> None:
    async with open_database(postgres_url) as database:
        with pytest.raises(StorageError, match="terminat"):
            await database.rows("SELECT pg_terminate_backend(pg_backend_pid())")
        assert [*await database.rows("SELECT 1")] == [(1,)]


async def test_the_server_ends_a_transaction_that_hangs(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("antiphon.tools.base.postgres_database.IDLE_S", 0.2)
    async with open_database(postgres_url) as frozen, open_database(postgres_url) as other:
        await frozen.prepare(TABLE)
        await put(frozen, "a")

        async def hang() -> None:
            async with frozen.transaction() as transaction:
                await transaction.run("UPDATE things SET number = 1")
                async with other.transaction() as next_one:
                    assert await next_one.count("UPDATE things SET number = 2")
                await transaction.run("UPDATE things SET number = 3")

        with pytest.raises(StorageError, match="idle"):
            await hang()
        assert [*await other.rows("SELECT number FROM things")] == [(2,)]


OTHER = """
import sqlite3, sys
from contextlib import closing

with closing(sqlite3.connect(sys.argv[1])) as database, database:
    database.execute("INSERT INTO things (name, number) VALUES ('theirs', 0)")
"""
READING = """
import sqlite3, sys

print(sqlite3.connect(sys.argv[1]).execute("SELECT name FROM things ORDER BY number").fetchall())
"""


async def test_a_second_connection_does_not_take_the_locks_of_the_first(tmp_path: Path) -> None:
    """Without them, the other process would throw away the log that we go on writing to."""
    path = tmp_path / "d.sqlite"
    async with open_database(path) as ours:
        await ours.prepare(TABLE)
        async with open_database(path):
            await asyncio.to_thread(subprocess.run, [sys.executable, "-c", OTHER, str(path)], check=True)
            async with ours.transaction() as transaction:
                await transaction.run("INSERT INTO things (name, number) VALUES (?, ?)", "ours", 1)
        reading = [sys.executable, "-c", READING, str(path)]
        seen = await asyncio.to_thread(subprocess.run, reading, check=True, capture_output=True, text=True)
    assert seen.stdout.strip() == "[('theirs',), ('ours',)]"


async def test_tables_of_another_version_are_told_with_the_way_out(where: Path | str) -> None:
    async with open_database(where) as opened:
        await opened.prepare(TABLE, 3)
        await opened.prepare(TABLE, 3)
        with pytest.raises(
            StorageError, match=r"another version of Antiphon \(3, this one knows 4\)\. Go on with that"
        ):
            await opened.prepare(TABLE, 4)


async def test_tables_from_before_versions_were_noted_are_of_the_first(where: Path | str) -> None:
    async with open_database(where) as opened:
        await opened.prepare(TABLE)
        await opened.prepare(TABLE, 1)
        with pytest.raises(StorageError, match=r"\(1, this one knows 2\)"):
            await opened.prepare(TABLE, 2)
