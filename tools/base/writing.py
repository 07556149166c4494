"""Files appear whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import StorageError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EISDIR, errno.ENAMETOOLONG}
_NO_FOLDER = {errno.ENOENT, errno.ENOTDIR}


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path to write to; put it in place of `path` when the block ends well, remove it otherwise.

    Raises:
        StorageError: the folder does not exist, cannot be written to, or the disk is full.
    """
    with storage_errors(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "this is a folder, not a file")
        if path.exists() and not path.is_file():  # a device or a pipe: never replaced by a file
            yield path
            return
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=path.suffix)
    os.close(descriptor)
    draft = Path(name)
    try:
        with storage_errors(path):
            yield draft
            draft.chmod(0o666 & ~_umask())  # mkstemp gives 0600; a user expects the usual mode
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn the system's refusals to write into a StorageError that names `path`; let all else pass."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "").lower()
        if error.errno in _FULL:
            raise StorageError(
                f"cannot write: {reason}",
                at=str(path),
                hint=f"Free some space, or choose another place than {path.parent}",
            ) from error
        if error.errno in _NO_FOLDER and not path.parent.is_dir():
            raise StorageError(
                "cannot write: the folder does not exist", at=str(path), hint=f"Create {path.parent} first"
            ) from error
        if error.errno in _REFUSED:
            raise StorageError(
                f"cannot write: {reason}",
                at=str(path),
                hint="Choose another place, or change its permissions",
            ) from error
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
