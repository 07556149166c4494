"""DBOS tells a lot, with file names and times, and invites to a service; here it tells what went wrong, in a line."""

import logging
import sys


class _Told(logging.Handler):
    """What people read; of a bug the traceback, too."""

    def emit(self, record: logging.LogRecord) -> None:
        print(f"worker: {self.format(record)}", file=sys.stderr, flush=True)


def quiet() -> None:
    """Before DBOS is first used, as it puts a handler of its own where there is none."""
    logger = logging.getLogger("dbos")
    logger.propagate = False
    logger.setLevel(LEVEL)
    if not logger.handlers:
        logger.addHandler(_Told())


LEVEL = "ERROR"
