"""What a user can mend while a table is read or a model trained: worded by components.messages in either language."""

from components.messages import UserError


class TrainingError(UserError):
    """A setting, a file or a run that cannot be used as it is."""


class TableError(TrainingError):
    """There is no table to read in the file."""
