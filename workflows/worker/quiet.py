"""DBOS tells a lot, with file names and times, and invites to a service; here it tells what went wrong, in a line."""

import logging
import sys


class _OneLine(logging.Handler):
    """A line for people, without a traceback."""

    def emit(self, record: logging.LogRecord) -> None:
        cause = f" {record.exc_info[1]}" if record.exc_info and record.exc_info[1] else ""
        print(f"antiphon: the queue says: {record.getMessage()}{cause}", file=sys.stderr, flush=True)


def quiet() -> None:
    """Before DBOS is first used, as it puts a handler of its own where there is none."""
    logger = logging.getLogger("dbos")
    logger.propagate = False
    logger.setLevel(LEVEL)
    if not logger.handlers:
        logger.addHandler(_OneLine())


LEVEL = "ERROR"
