"""The one exception of this floor for what a user can mend: a wrong id, a model out of reach, files that are not what they should be."""

from components.messages import UserError


class ModelError(UserError):
    """A model cannot be found, loaded or used as asked. Its keys stand in content/<language>/models.po."""
