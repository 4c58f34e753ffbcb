"""Decoders in memory: a published quantised file, our own over its backbone's embedding table, or a whole model."""

import copy
import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch

from components.errors import ModelError
from components.models import adapters
from components.models import files as model_files
from components.models.adapters import PreTrained
from components.models.files import ModelFiles
from components.models.tasks import TASKS
from components.text.libraries import transformers

_PARSING = threading.Lock()


def model_and_tokenizer(files: ModelFiles) -> tuple[PreTrained, Any]:
    """The model of `files` that predicts next tokens, float32, in eval mode, and its tokenizer. Raises ModelError."""
    with _parsed_once() if files.gguf else nullcontext():
        return assemble(files), tokenizer_of(files)


@contextmanager
def _parsed_once() -> Iterator[None]:
    """In here the library parses a quantised file once, not for each thing that it asks of it, and makes its table of names once, not for each
    layer: half of the time that a load takes."""
    try:
        import gguf
    except ImportError:  # `_unpacked` says so
        yield
        return
    with _PARSING:
        own = {name: getattr(gguf, name) for name in ("GGUFReader", "get_tensor_name_map")}
        try:
            for name, call in own.items():
                setattr(gguf, name, functools.lru_cache(maxsize=1)(call))
            yield
        finally:
            for name, call in own.items():
                setattr(gguf, name, call)


def assemble(files: ModelFiles) -> PreTrained:
    """The model of `files` that predicts next tokens, float32, in eval mode. Raises ModelError."""
    if files.gguf:
        model = _unpacked(transformers.AutoModelForCausalLM, files, dtype=torch.float32)
    elif files.backbone:
        model = _over_backbone(files)
    else:
        model = adapters.whole(files, TASKS["causal_lm"].auto_class)
        if not getattr(model.config, "is_decoder", True) and model.config.model_type in ("bert", "roberta", "electra"):
            raise ModelError("models.no_head", id=files.id)  # an encoder: its tokens would see what they are to predict
    return model.eval().requires_grad_(False)


def tokenizer_of(files: ModelFiles) -> Any:
    """The tokenizer of the decoder. Raises ModelError."""
    return _unpacked(transformers.AutoTokenizer, files) if files.gguf else adapters.tokenizer(files)


def _unpacked(kind: Any, files: ModelFiles, **options: Any) -> Any:
    try:
        return kind.from_pretrained(files.folder, gguf_file=files.gguf, local_files_only=True, trust_remote_code=False, **options)
    except ImportError as problem:
        raise ModelError("models.no_package", package="gguf") from problem


def _over_backbone(files: ModelFiles) -> PreTrained:
    """The library's decoder of BERT's build with the tensors of `files`; the table of words, in and out, is the backbone's own."""
    base = adapters.backbone(model_files.find(files.backbone or "")).model
    config = copy.deepcopy(base.config)
    config.is_decoder, config.add_cross_attention, config.tie_word_embeddings = True, False, True
    with torch.device("meta"):
        model = transformers.BertLMHeadModel(config)
    model.bert.embeddings.position_ids = base.embeddings.position_ids
    model.bert.embeddings.token_type_ids = base.embeddings.token_type_ids
    stored = adapters.stored_tensors(files, "model.safetensors")
    unexpected = model.load_state_dict(stored, strict=False, assign=True).unexpected_keys
    model.bert.embeddings.word_embeddings = base.embeddings.word_embeddings
    model.tie_weights()
    if unexpected or any(tensor.is_meta for tensor in model.state_dict().values()):
        raise ModelError("models.malformed", id=files.id, file="model.safetensors")
    return model
