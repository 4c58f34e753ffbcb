"""Models of every kind behind two functions: `catalog()` says what there is, `load(id, task)` gives it, ready to be asked.

Importing this package loads neither torch nor transformers; the first `load` does.
"""

import os

# torch's OpenMP reads this when it is loaded. Threads that wait by spinning take the cores from whoever would finish their work:
# with a training beside the app on two cores, 128 tokens took 3 to 12 s instead of 0.2 s.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from components.models.catalog import ModelCard, catalog
from components.models.errors import ModelError
from components.models.loading import load
from components.models.results import Answer, Entity, Fill, Prediction

__all__ = ["Answer", "Entity", "Fill", "ModelCard", "ModelError", "Prediction", "catalog", "load"]
