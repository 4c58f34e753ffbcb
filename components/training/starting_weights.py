"""Which weights a run was begun on. A bundled model may be made anew between a run's first step and its next.

A finished run is a whole model with a tokenizer of its own and answers as it did. What is only begun lies over the weights beneath it: a
LoRA or a head over another encoder, or an embedding under another vocabulary, would give answers without any sense and no error.
"""

import hashlib
import json
from collections.abc import Mapping

from components.models import files as model_files
from components.models.bundled import BY_BACKBONE
from components.training.backbones import backbone_folder
from components.training.runs import Run
from components.training.settings import Settings
from components.training.starting_models import bundled_start
from components.training.store import RunStore

WEIGHTS = "weights"  # the place of the fingerprints in a run's data
DIGITS = 16
# The bundled models that were replaced before runs kept fingerprints: what a run without any was begun on.
UNRECORDED = {"backbone-ja": "487f8597795fdfa4", "mlm-ja": "d746a2c4230ebebb", "mlm-en": "a40d313a6f4be46d"}


def fingerprints(settings: Settings) -> dict[str, str]:
    """Id and fingerprint of each model that a training starts from. Raises ModelError or TrainingError where one is not here."""
    backbone_folder(settings.backbone)
    ids = [settings.backbone, bundled_start(settings)]
    return {id: fingerprint(id) for id in ids if id}


def fingerprint(id: str) -> str:
    """16 hex digits that change with the weights of model `id`: SHA-256 over the SHA-256 of each of its files of weights."""
    digests = []
    for path in model_files.find(id).weights():
        facts = path.stat()
        digests.append(model_files.sha256(path, facts.st_size, facts.st_mtime_ns))
    return digests[0][:DIGITS] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()[:DIGITS]


def begun_on(run: Run) -> dict[str, str]:
    """The fingerprints that `run` was begun on, as far as they are known."""
    if WEIGHTS in run.data:
        return dict(run.data[WEIGHTS])
    ids = [run.settings.backbone]
    if run.settings.task == "domain_adaptation" and ids[0] in BY_BACKBONE:
        ids.append(BY_BACKBONE[ids[0]].masked_lm)
    return {id: UNRECORDED[id] for id in ids if id in UNRECORDED}


def replaced_beneath(run: Run) -> str | None:
    """The bundled model of which `run` was begun on other weights than there are now; None where all are the same, or none is bundled.

    Only of a run that has been worked on: one that waits for its first step is begun on what is there then.
    """
    id = run.settings.backbone
    if run.started is None or id not in BY_BACKBONE or not model_files.bundled_complete(id):
        return None
    return _changed(begun_on(run), fingerprints(run.settings))


def check_weights(store: RunStore, run: Run, resumed: bool) -> str | None:
    """In the worker: notes what `run` starts from where it starts. The id of a model that has been replaced where it is `resumed`."""
    now = fingerprints(run.settings)
    if resumed:
        return _changed(begun_on(run), now)
    store.database.update(run.id, data=json.dumps({**run.data, WEIGHTS: now}))
    return None


def _changed(begun: Mapping[str, str], now: Mapping[str, str]) -> str | None:
    return next((id for id, digest in begun.items() if now.get(id, digest) != digest), None)
