"""What a user can mend while a table is read or a model trained: worded by components.messages in either language."""

import errno

from components.messages import UserError


class TrainingError(UserError):
    """A setting, a file or a run that cannot be used as it is."""


class TableError(TrainingError):
    """There is no table to read in the file."""


def is_disk_full(error: BaseException) -> bool:
    """Whether a file could not be written for want of room, whichever library says so."""
    if isinstance(error, UserError):
        return error.key == "training.disk-full"
    known = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return known or any(words in str(error) for words in ("No space left", "disk is full", "os error 28"))
