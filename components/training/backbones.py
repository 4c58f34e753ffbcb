"""The model that a training starts from: its files, its tokenizer, and what language it reads."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from components.errors import TrainingError
from components.models import bundled
from components.models import files as model_files
from components.models.bundled import BY_BACKBONE
from components.models.hub import quiet_libraries
from components.models.loading import LOAD_LOCK
from components.text.language import LANGUAGE_SAMPLE, detect
from components.text.tokens import head, name_types, readable
from components.training.settings import LANGUAGES, Settings

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

# As the architectures name them.
HIDDEN_DROPOUT = ("hidden_dropout_prob", "dropout")
ATTENTION_DROPOUT = ("attention_probs_dropout_prob", "attention_dropout")


def backbone_folder(id: str) -> Path:
    """The folder of backbone `id` (bundled, Hub, a folder, or "run:<id>"). Raises ModelError or TrainingError where it can't be trained
    further.
    """
    if id in BY_BACKBONE and not bundled.published(id) and not model_files.bundled_complete(id):
        raise TrainingError("training.backbone-not-here", id=id)
    files = model_files.find(id)
    if files.backbone is not None:
        raise TrainingError("training.backbone-adapter", id=id, backbone=files.backbone)
    return files.folder


def reads(id: str) -> tuple[str, ...]:
    """Languages that backbone `id` was made for; all for one that isn't bundled, which is taken at the user's word."""
    return (BY_BACKBONE[id].language,) if id in BY_BACKBONE else LANGUAGES


def check_language(settings: Settings, texts: list[str]) -> None:
    """Raises TrainingError where most texts are in a language that the backbone's vocabulary doesn't hold: it would learn nothing true."""
    if settings.backbone not in BY_BACKBONE or not texts:
        return
    step = max(len(texts) // LANGUAGE_SAMPLE, 1)
    languages = [language for text in texts[::step] if (language := detect(text)) != "none"]
    foreign = [language for language in languages if language not in reads(settings.backbone)]
    if languages and len(foreign) > len(languages) / 2:
        raise TrainingError("training.backbone-language", id=settings.backbone)


def has_pooler(id: str) -> bool:
    """Whether the files of backbone `id` hold a pooler, so that [CLS] was once trained to stand for a text."""
    return any("pooler." in name for name in model_files.tensors(model_files.find(id)))


def load_tokenizer(id: str) -> "PreTrainedTokenizerBase":
    """A tokenizer of its own for backbone `id`, which gives token types where the backbone knows them."""
    quiet_libraries()
    from components.models.adapters import tokenizer

    backbone_folder(id)
    files = model_files.find(id)
    with LOAD_LOCK:
        return name_types(tokenizer(files), files.config.get("type_vocab_size", 0))


class TokenCounter:
    """Counts tokens as backbone `id` makes them, for the data doctor."""

    def __init__(self, id: str):
        self._tokenizer = load_tokenizer(id)

    def __call__(self, texts: list[str]) -> list[int]:
        """The number of tokens of each text, specials counted, uncut up to the 20,000 characters that are tokenised of a long one."""
        return [
            len(ids) for ids in self._tokenizer([readable(head(text, 1)) for text in texts], truncation=False, verbose=False)["input_ids"]
        ]

    def unknown(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """For each text, of its first 2,000 characters: tokens that stand for what the vocabulary lacks, and all but the specials. (n,), (n,)"""
        specials = set(self._tokenizer.all_special_ids) - {self._tokenizer.unk_token_id}
        rows = self._tokenizer([readable(text[:2_000]) for text in texts], truncation=False, verbose=False)["input_ids"]
        unknown = np.array([sum(id == self._tokenizer.unk_token_id for id in ids) for ids in rows], dtype=np.int64)
        return unknown, np.array([sum(id not in specials for id in ids) for ids in rows], dtype=np.int64)


@lru_cache(maxsize=4)
def token_counter(id: str) -> TokenCounter:
    """The counter of backbone `id`."""
    return TokenCounter(id)


def check_vocabulary(settings: Settings, texts: list[str]) -> None:
    """Raises TrainingError where the backbone's vocabulary lacks more than half of the words: all texts would be alike to it."""
    step = max(len(texts) // LANGUAGE_SAMPLE, 1)
    unknown, words = token_counter(settings.backbone).unknown(texts[::step])
    if unknown.sum() > 0.5 * words.sum():
        raise TrainingError("training.unknown-letters", id=settings.backbone, share=f"{unknown.sum() / words.sum():.0%}")


def load_backbone(auto_class: "type[PreTrainedModel]", settings: Settings, **options: object) -> "PreTrainedModel":
    """The backbone as `auto_class` in float32, its dropout as in `settings`; what it lacks (a head) starts random from the seed.

    `options` go into its configuration (num_labels, id2label ...).
    """
    import torch

    from components.text.libraries import transformers

    quiet_libraries()
    folder = backbone_folder(settings.backbone)
    config = transformers.AutoConfig.from_pretrained(folder, trust_remote_code=False, **options)
    for names, share in ((HIDDEN_DROPOUT, settings.hidden_dropout), (ATTENTION_DROPOUT, settings.attention_dropout)):
        for name in names:
            if hasattr(config, name):
                setattr(config, name, share)
    with LOAD_LOCK:
        transformers.set_seed(settings.seed)
        return auto_class.from_pretrained(
            folder, config=config, dtype=torch.float32, use_safetensors=True, trust_remote_code=False, ignore_mismatched_sizes=True
        )
