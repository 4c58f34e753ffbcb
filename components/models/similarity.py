"""Sentence vectors: one vector a text, by sentence-transformers, with the poolings and layers side by side.

Reimers & Gurevych 2019, "Sentence-BERT", section 3 compares the poolings; all-MiniLM-L6-v2 was trained for the mean.
"""

import copy
import functools
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from components.errors import ModelError
from components.models import adapters
from components.models import files as model_files
from components.models.files import ModelFiles
from components.models.inference import checked_texts, chunks
from components.models.lanes import LANES, alone, in_lanes
from components.models.loading import CacheKey
from components.models.model_inputs import by_length, max_length
from components.models.network import Network
from components.models.tasks import ModelTask, own_task
from components.text.libraries import transformers
from components.text.tokens import head, readable

assert transformers  # imported before what imports it itself
from sentence_transformers import SentenceTransformer  # noqa: E402
from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling  # noqa: E402

POOLINGS = ("mean", "max", "cls", "pooler")
# Texts that sentence-transformers itself encodes in one pass.
BATCH_SIZE = 32


class SentenceEncoder:
    """Turns texts into vectors. Safe to call from several threads.

    `id`, `dimension` (d), `num_layers`, `max_length` (tokens read of each text), `has_pooler`, `own_pooling` ("mean", "max", "cls").
    """

    def __init__(self, id: str, sentence_transformer: SentenceTransformer, memory: tuple[int, CacheKey | None]):
        self.id = id
        self._encoder = sentence_transformer
        self._transformer = sentence_transformer[0]
        self.model: Any = self._transformer.model
        self.dimension = int(sentence_transformer.get_embedding_dimension())
        self.num_layers = int(self.model.config.num_hidden_layers)
        self.max_length = int(sentence_transformer.max_seq_length)
        self.has_pooler = getattr(self.model, "pooler", None) is not None
        mode = next((module.pooling_mode for module in sentence_transformer if isinstance(module, Pooling)), "mean")
        self.own_pooling = mode if isinstance(mode, str) else "+".join(mode)
        pooled = next((place for place, module in enumerate(sentence_transformer) if isinstance(module, Pooling)), 0)
        self._after_pooling = list(sentence_transformer)[pooled + 1 :]
        pooler = sentence_transformer[pooled]
        # A pooling that leaves the prompt out, or that joins several vectors, is the library's business.
        self._pools = self.own_pooling in POOLINGS and (getattr(pooler, "include_prompt", True) or not self.prompt)
        self._network = Network(self.model)
        self._model_bytes, self.shares = memory
        # Counting tokens needs other arguments than encoding, and a tokenizer shared between the two mixes them up under threads.
        self._counter = copy.deepcopy(self._transformer.tokenizer)
        self._counter_lock = threading.Lock()
        # MeCab keeps one lattice a tagger: two threads in it at once read each other's words.
        self._transformer.preprocess = _one_at_a_time(self._transformer.preprocess)

    @property
    def own_bytes(self) -> int:
        """Of the tensors that no other model shares: what the cache counts."""
        return self._model_bytes + self._network.own_bytes

    def encode(
        self,
        texts: Sequence[str],
        pooling: str | None = None,
        layer: int = -1,
        normalize: bool = True,
        progress: Callable[[int], None] | None = None,
    ) -> np.ndarray:
        """Vectors of `texts`, float32 (n, d), in their order.

        pooling: "mean" or "max" over the text's tokens (padding left out, [CLS] and [SEP] in it), "cls" (the hidden state of [CLS]),
        "pooler" (the trained dense layer + tanh over [CLS], of the last layer only); None is what the model was trained with
        ("mean" for the bundled models). layer: 0 is the embeddings' output, 1..num_layers a block's, negative counts from the end.
        normalize: length 1, so that a dot product is the cosine. progress is called with the number of texts done.
        Raises TypeError for a bare str, ValueError for an unknown pooling, ModelError for a pooler or layer that the model lacks.
        """
        checked = self._heads(texts)
        layer = self._layer(layer)
        own = pooling in (None, self.own_pooling) and layer == self.num_layers
        if self._pools or not own:
            pooling = pooling or self.own_pooling
            if pooling not in POOLINGS:
                raise ValueError(f"unknown pooling {pooling!r}: expected one of {POOLINGS}")
            return self.encode_variants(checked, ((pooling, layer),), normalize, progress)[pooling, layer]
        vectors = np.empty((len(checked), self.dimension), np.float32)
        order = np.argsort([len(text) for text in checked], kind="stable")
        for rows in (order[start : start + BATCH_SIZE] for start in range(0, len(order), BATCH_SIZE)):
            with alone(len(rows) * self.max_length):
                vectors[rows] = self._encoder.encode(
                    [checked[row] for row in rows], batch_size=len(rows), normalize_embeddings=normalize, show_progress_bar=False
                )
            if progress:
                progress(len(rows))
        return vectors

    def encode_variants(
        self,
        texts: Sequence[str],
        variants: Sequence[tuple[str, int]],
        normalize: bool = True,
        progress: Callable[[int], None] | None = None,
    ) -> dict[tuple[str, int], np.ndarray]:
        """Several (pooling, layer) pairs of the same texts from one pass: {(pooling, layer): (n, width) float32}, keys as given.

        The pair that the model was trained with is what `encode` gives, with the model's dense layers after the pooling, where it has any.
        """
        checked = self._heads(texts)
        wanted = {variant: (variant[0], self._layer(variant[1])) for variant in variants}
        for pooling, layer in wanted.values():
            if pooling not in POOLINGS:
                raise ValueError(f"unknown pooling {pooling!r}: expected one of {POOLINGS}")
            if pooling == "pooler" and not self.has_pooler:
                raise ModelError("models.no_pooler", id=self.id)
            if pooling == "pooler" and layer != self.num_layers:
                raise ModelError("models.pooler_layer", layers=self.num_layers)
        own, width = (self.own_pooling, self.num_layers), int(self.model.config.hidden_size)
        widths = {variant: self.dimension if pooled == own else width for variant, pooled in wanted.items()}
        result = {variant: np.empty((len(checked), widths[variant]), np.float32) for variant in variants}
        network = self._network.in_callers_precision()
        with_states = any(layer != self.num_layers for _, layer in wanted.values())

        def vectors_of(inputs: dict[str, Tensor]) -> dict[tuple[str, int], np.ndarray]:
            output = network(**inputs, output_hidden_states=with_states)
            found = {}
            for variant, (pooling, layer) in wanted.items():
                states = output.last_hidden_state if layer == self.num_layers else output.hidden_states[layer]
                vector = output.pooler_output if pooling == "pooler" else pool(states, inputs["attention_mask"], pooling)
                if (pooling, layer) == own:
                    vector = self._mapped(vector)
                vector = vector.float()
                found[variant] = (torch.nn.functional.normalize(vector, dim=1) if normalize else vector).numpy()
            return found

        for rows, found in self._in_batches(checked, vectors_of):
            for variant, vectors in found.items():
                result[variant][rows] = vectors
            if progress:
                progress(len(rows))
        return result

    def token_counts(self, texts: Sequence[str]) -> np.ndarray:
        """Tokens of each text with its special tokens, int (n,). Above `max_length` the end of the text is not read.

        Of a text of more than 20,000 characters (40 a token that is read, where that is more) those are counted.
        """
        with self._counter_lock:
            return np.array([len(self._counter(text, truncation=False)["input_ids"]) for text in self._heads(texts)], dtype=np.int64)

    def _heads(self, texts: Sequence[str]) -> list[str]:
        return [readable(head(text, self.max_length)) for text in checked_texts(texts)]

    def _in_batches(
        self, texts: list[str], compute: Callable[[dict[str, Tensor]], dict[tuple[str, int], np.ndarray]]
    ) -> Iterator[tuple[np.ndarray, dict[tuple[str, int], np.ndarray]]]:
        """(rows, what `compute` gives for their ids and mask) batch by batch, not in the order of the rows."""
        for chunk in chunks(len(texts)):
            features = self._transformer.preprocess([self.prompt + texts[row] for row in chunk])
            whole = {name: value for name, value in features.items() if name in ("input_ids", "attention_mask", "token_type_ids")}
            read = whole["attention_mask"].bool()

            def compute_rows(rows: list[int], whole: dict[str, Tensor] = whole, read: Tensor = read) -> dict[tuple[str, int], np.ndarray]:
                # Padding stands on one side of all texts, so that what the longest of them leaves is a slice.
                used = torch.nonzero(read[rows].any(dim=0)).flatten().tolist() or [0]
                return compute({name: value[rows, used[0] : used[-1] + 1] for name, value in whole.items()})

            lengths = read.sum(dim=1).tolist()
            batches = list(by_length(lengths, lanes=LANES))
            for rows, found in in_lanes(batches, compute_rows, len(batches[0]) * lengths[batches[0][0]]):
                yield np.array([chunk[row] for row in rows]), found

    @torch.inference_mode()
    def _mapped(self, vectors: Tensor) -> Tensor:
        """What the model does with pooled vectors (B, width): a dense layer, for some; (B, d)."""
        for module in self._after_pooling:
            vectors = module({"sentence_embedding": vectors})["sentence_embedding"]
        return vectors

    @property
    def prompt(self) -> str:
        """What the model wants to stand before each text; "" for most."""
        name = self._encoder.default_prompt_name
        return self._encoder.prompts.get(name, "") if name else ""

    def _layer(self, layer: int) -> int:
        count = self.num_layers + 1
        if not -count <= layer < count:
            raise ModelError("models.no_layer", layer=layer, layers=self.num_layers)
        return layer % count


def pool(hidden: Tensor, mask: Tensor, pooling: str) -> Tensor:
    """One vector a text from its tokens' hidden states (B, T, d) and attention mask (B, T): (B, d). pooling: "mean", "max" or "cls"."""
    if pooling == "cls":
        return hidden[:, 0]
    real = mask.unsqueeze(-1).bool()
    if pooling == "max":
        return hidden.masked_fill(~real, -torch.inf).amax(dim=1)
    return hidden.masked_fill(~real, 0).sum(dim=1) / real.sum(dim=1)


def _one_at_a_time(function: Callable[..., Any]) -> Callable[..., Any]:
    lock = threading.Lock()

    @functools.wraps(function)
    def locked(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return function(*args, **kwargs)

    return locked


def build(files: ModelFiles, task: ModelTask) -> SentenceEncoder:
    """The sentence encoder of a sentence-transformers folder, of any bare encoder (mean pooling), or of an adapter over one."""
    model = adapters.assemble(files, task)
    if getattr(model.config, "is_encoder_decoder", False):
        raise ModelError("models.not_an_encoder", id=files.id)
    folder = files.folder if files.backbone is None else model_files.find(files.backbone).folder
    _refuse_foreign_modules(files, folder)
    try:
        encoder = SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "dtype": torch.float32},
            processor_kwargs=adapters.japanese_dictionary(folder, files.id),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, ImportError) as problem:
        raise ModelError("models.malformed", id=files.id, file="modules.json") from problem
    encoder[0].model = model
    if encoder.max_seq_length is None or "max_length" in files.settings:
        encoder.max_seq_length = max_length(model.config, encoder.tokenizer, files.settings.get("max_length"))
    # `normalize` is the caller's choice, so the module that always does it is left out.
    modules = [module for module in encoder if not isinstance(module, Normalize)] + _map(files)
    prompts = {**encoder.prompts, **files.settings.get("prompts", {})}
    plain = SentenceTransformer(
        modules=modules,
        device="cpu",
        prompts=prompts,
        default_prompt_name=files.settings.get("default_prompt_name", encoder.default_prompt_name),
    )
    memory = adapters.memory_of(files, plain)
    if "others" not in files.settings:
        return SentenceEncoder(files.id, plain.eval(), memory)
    from components.models.shared_space import SharedSpaceEncoder, others_of

    return SharedSpaceEncoder(files.id, plain.eval(), memory, others_of(files))


def _map(files: ModelFiles) -> list[Dense]:
    """The linear map over the pooled vectors that an adapter's head.safetensors may hold: `linear.weight` (d, width) and `linear.bias` (d)."""
    head = adapters.stored_tensors(files, "head.safetensors") if files.backbone and own_task(files) == "similarity" else {}
    if not head:
        return []
    try:
        weight, bias = head["linear.weight"], head["linear.bias"]
        outward, inward = weight.shape
        layer = Dense(inward, outward, activation_function=torch.nn.Identity())
        layer.linear.load_state_dict({"weight": weight, "bias": bias})
    except (KeyError, ValueError, RuntimeError) as problem:
        raise ModelError("models.malformed", id=files.id, file="head.safetensors") from problem
    return [layer.requires_grad_(False)]


def _refuse_foreign_modules(files: ModelFiles, folder: Path) -> None:
    """modules.json names Python classes; only sentence-transformers' own are let in."""
    path = folder / "modules.json"
    if not path.exists():
        return
    try:
        own = all(str(module["type"]).startswith("sentence_transformers.") for module in json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as problem:
        raise ModelError("models.malformed", id=files.id, file="modules.json") from problem
    if not own:
        raise ModelError("models.foreign_code", id=files.id)
