"""Models of every kind behind two functions: `catalog()` says what there is, `load(id, task)` gives it, ready to be asked.

Importing this package loads neither torch nor transformers; the first `load` does.
"""

from components.errors import ModelError
from components.models.cards import ModelCard, catalog
from components.models.loading import load
from components.models.results import Answer, Entity, Fill, LabelSet, NumberAnswer, Prediction

__all__ = ["Answer", "Entity", "Fill", "LabelSet", "ModelCard", "ModelError", "NumberAnswer", "Prediction", "catalog", "load"]
