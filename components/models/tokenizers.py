"""Tokenizers without their models: which ones are here, and each ready to split a text, with places and words.

Importing this module loads neither torch nor transformers.
"""

from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace

from components.errors import ModelError
from components.models import files
from components.models.bundled import BY_BACKBONE
from components.models.cards import ModelCard, bundled_state, catalog
from components.models.files import ModelFiles
from components.models.hub import cached
from components.models.loading import remember
from components.text.tokens import Aligner


@dataclass(frozen=True)
class TokenizerCard:
    """A tokenizer on this machine. id: the model it belongs to, for `load_tokenizer`. japanese: words by MeCab first, then subwords."""

    id: str
    japanese: bool


def bundled_tokenizers() -> list[TokenizerCard]:
    """The tokenizers of the bundled models, each once: adapters share their backbone's. The catalogue's order."""
    return list(_bundled_tokenizers(bundled_state()))


@lru_cache(maxsize=2)
def _bundled_tokenizers(_state: tuple[object, ...]) -> tuple[TokenizerCard, ...]:
    ids = [card.id for card in catalog() if card.bundled]
    ids += [id for id in BY_BACKBONE if files.bundled_complete(id)]
    by_folder: dict[str, TokenizerCard] = {}
    for id in ids:
        try:
            owner = _owner(files.find(id))
        except ModelError:  # a folder that is still being copied in
            continue
        by_folder.setdefault(str(owner.folder), TokenizerCard(owner.id, _is_japanese(owner)))
    return tuple(by_folder.values())


def load_tokenizer(id: str) -> Aligner:
    """The tokenizer of model `id` (any id that `load` takes), kept in memory like a model. Safe under threads.

    The model's files must be there or be fetched with it: a tokenizer is shown with the model that reads its tokens. Raises ModelError.
    """
    owner = _owner(files.find(id))
    return remember(("tokenizer", str(owner.folder), owner.stamp()), lambda: _build(owner))


def at_hand(card: ModelCard) -> bool:
    """Can the model be used without a network: is it bundled, or in the Hub client's cache?"""
    return card.bundled or ("://" not in card.location and cached(card.location) is not None)


def _owner(model: ModelFiles) -> ModelFiles:
    return model if model.backbone is None else files.find(model.backbone)


def _is_japanese(model: ModelFiles) -> bool:
    stated = files.read_json(model.folder / "tokenizer_config.json", model.id).get("tokenizer_class") or model.config.get("tokenizer_class")
    return stated == "BertJapaneseTokenizer"


def _build(owner: ModelFiles) -> Aligner:
    from components.models import adapters
    from components.models.model_inputs import max_length

    tokenizer = adapters.tokenizer(owner)
    return Aligner(tokenizer, max_length(SimpleNamespace(**owner.config), tokenizer, owner.settings.get("max_length")))
