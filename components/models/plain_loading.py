"""Can a plain snippet load the model? Answered here for every page that shows its code: transformers and PEFT, none of this project."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from components.models import bundled, files, hub
from components.models.cards import card


@dataclass(frozen=True)
class PlainLoading:
    """What the code on a page is given. model: for `from_pretrained`, with the project's folder as the working directory (or the id of a
    published model, for which the snippets name its package). adapter: a folder for its `load_adapter` (PEFT), or None. tokenizer_options:
    what the tokenizer's `from_pretrained` must be told beside the folder, {} for most."""

    model: str
    adapter: str | None = None
    tokenizer_options: Mapping[str, object] = field(default_factory=dict)


def whole_model(id: str) -> str | None:
    """What `from_pretrained` alone takes for model `id`, tokenizer and all; None for an adapter and for what plain code can't load."""
    plain = plain_loading(id)
    return plain.model if plain and plain.adapter is None else None


def plain_loading(id: str) -> PlainLoading | None:
    """How plain code loads the encoder of model `id`; None where it can't: a run's folder on the server, a model that is not on the Hub."""
    if bundled.published(id):
        return PlainLoading(id)
    if id in bundled.BY_BACKBONE:
        return PlainLoading(f"models/{id}")
    if (backbone := bundled.backbone_of(id)) is not None:
        # `load_adapter` finds the encoder's layers also in an adapter that was trained in a class with a head.
        whole = whole_model(backbone)
        return PlainLoading(whole, f"models/{id}") if whole else None
    if id.startswith("run:") or id in files.NOT_ON_THE_HUB:
        return None
    if files.is_path(id):
        folder = os.path.expanduser(id)
        return PlainLoading(folder, tokenizer_options=_options(Path(folder), id))
    entry = card(id)
    name = entry.location if entry else files.FULL_NAMES.get(id, id)
    return PlainLoading(name, tokenizer_options=_options(hub.cached(id) or hub.cached(name), id))


def _options(folder: Path | None, id: str) -> Mapping[str, object]:
    """The dictionary that the first Japanese BERTs don't name. Nothing for a model that isn't here: a page shows code for what it has read."""
    if folder is None or not folder.is_dir():
        return {}
    from components.models.adapters import japanese_dictionary

    return japanese_dictionary(folder, id)
