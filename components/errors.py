"""What a user can mend: every exception that a page shows as one sentence, in either language; anything else is a fault of ours."""

import errno

from components.messages import message


class UserError(Exception):
    """Something the user can mend: a message key with its values, worded in the user's language by the page.

    `str(error)` is the English sentence, so that a script gets a readable message too.
    """

    def __init__(self, key: str, /, **values: object):
        super().__init__(key, values)
        self.key = key
        self.values = values

    def in_language(self, language: str) -> str:
        return message(self.key, language, **self.values)

    def __str__(self) -> str:
        return self.in_language("en")


class ModelError(UserError):
    """A model cannot be found, loaded or used as asked. Its keys stand in content/<language>/models.po."""


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
