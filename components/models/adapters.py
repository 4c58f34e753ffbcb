"""Models in memory: whole ones from a folder, and shells that share one backbone's tensors under their own adapter and head.

`set_adapter` on one shared PEFT model is not safe under threads: four threads gave other adapters' answers without any error.
So every bundled task gets a *shell*: a deep copy of the backbone's modules whose parameters and buffers are the backbone's own
tensors, a few hundred kB each. LoRA layers and heads are added to the shell and seen by nobody else. A shell is never merged,
because merging writes into the shared tensors.
"""

import copy
from pathlib import Path
from typing import Any, TypeAlias

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from components.errors import ModelError
from components.models import files as model_files
from components.models.files import ModelFiles
from components.models.loading import CacheKey, remember
from components.models.tasks import HEADLESS, TASKS, ModelTask, own_task
from components.text import mecab
from components.text.libraries import transformers

# A transformers.PreTrainedModel: a module whose attributes (config, pooler, base_model_prefix ...) no type checker knows.
PreTrained: TypeAlias = Any

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
# Before anything here builds a tokenizer: sentence-transformers and Hub models build theirs on their own.
mecab.bound_transformers()


class Backbone:
    """A loaded encoder that others share. Nobody runs or changes `model` itself: they take a `shell`. `key`: its place in the cache."""

    def __init__(self, model: PreTrained, key: CacheKey):
        self.model = model
        self.key = key
        self.own_bytes = tensor_bytes(model)

    def shell(self) -> PreTrained:
        """The same network in new modules over the same tensors."""
        shared = [*self.model.parameters(), *self.model.buffers()]
        return copy.deepcopy(self.model, memo={id(tensor): tensor for tensor in shared})


def backbone(files: ModelFiles) -> Backbone:
    """The encoder of a whole model, loaded once in float32 for everybody."""
    key = ("backbone", str(files.folder), files.stamp())
    return remember(key, lambda: Backbone(whole(files, "AutoModel"), key))


def shared_backbone(files: ModelFiles) -> Backbone | None:
    """The backbone whose tensors a model of `files` is built on; None for a whole model with a head, which has its own."""
    if files.backbone is not None:
        return backbone(model_files.find(files.backbone))
    return backbone(files) if own_task(files) in (None, *HEADLESS) else None


def memory_of(files: ModelFiles, model: nn.Module) -> tuple[int, CacheKey | None]:
    """(bytes of the tensors that `model` has to itself, cache key of the backbone that it shares the others with)."""
    base = shared_backbone(files)
    return tensor_bytes(model, base.model if base else None), base.key if base else None


def assemble(files: ModelFiles, task: ModelTask, merged: bool = False) -> PreTrained:
    """The model of `files` with the head for `task`, float32, in eval mode: a whole model, or shell + adapter + head.

    merged: an adapter is added into weights of its own, so that the result is made of plain modules (and shares no tensor).
    Raises ModelError where files are damaged, malformed, or have no head for the task.
    """
    if files.backbone is None:
        return backbone(files).shell() if task.name in HEADLESS else whole(files, task.auto_class)
    base_files = model_files.find(files.backbone)
    has_adapter = (files.folder / "adapter_config.json").exists()
    base = copy.deepcopy(backbone(base_files).model) if merged and has_adapter else backbone(base_files).shell()
    own = own_task(files)
    # The adapter's names are those of the class that it was trained in, so that one is built even where only its encoder is wanted.
    full = TASKS[own] if own else task
    model = base if full.name in HEADLESS else _with_head(files, base, full)
    if has_adapter:
        model = _with_adapter(files, model, merged)
    if task.name in HEADLESS:
        model = _base(model)
    return model.eval().requires_grad_(False)


def whole(files: ModelFiles, auto_class: str) -> PreTrained:
    """A complete model from a folder. A pooler that the files don't have is None rather than random."""
    try:
        model, info = getattr(transformers, auto_class).from_pretrained(
            files.folder,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            dtype=torch.float32,
            output_loading_info=True,
        )
    except SafetensorError as problem:
        raise ModelError("models.damaged", id=files.id, file="model.safetensors") from problem
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, ImportError) as problem:
        own_code = "auto_map" in files.config
        raise ModelError("models.foreign_code" if own_code else "models.malformed", id=files.id, file="config.json") from problem
    missing = {name for name in info["missing_keys"] if "position_ids" not in name}
    if any("pooler." in name for name in missing):
        _base(model).pooler = None
        missing = {name for name in missing if "pooler." not in name}
    if missing:
        base_prefix = f"{model.base_model_prefix}."
        if auto_class != "AutoModel" and not any(name.startswith(base_prefix) for name in missing):
            raise ModelError("models.no_head", id=files.id)
        raise ModelError("models.malformed", id=files.id, file="model.safetensors")
    return model.eval().requires_grad_(False)


def tokenizer(files: ModelFiles) -> Any:
    """The tokenizer of the model (of its backbone, for an adapter). A new object each time: tokenizers are not safe to share."""
    folder = files.folder if files.backbone is None else model_files.find(files.backbone).folder
    try:
        return transformers.AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, **japanese_dictionary(folder, files.id)
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, ImportError) as problem:
        raise ModelError("models.malformed", id=files.id, file="tokenizer_config.json") from problem


def japanese_dictionary(folder: Path, id: str) -> dict[str, dict[str, str]]:
    """The first Japanese BERTs name no MeCab dictionary: they were made with ipadic, which was transformers' default then."""
    settings = model_files.read_json(folder / "tokenizer_config.json", id)
    kind = settings.get("tokenizer_class") or model_files.read_json(folder / "config.json", id).get("tokenizer_class")
    if kind != "BertJapaneseTokenizer" or "mecab_dic" in (settings.get("mecab_kwargs") or {}):
        return {}
    return {"mecab_kwargs": {"mecab_dic": "ipadic"}}


def tensor_bytes(model: nn.Module, besides: nn.Module | None = None) -> int:
    """Bytes of the model's parameters and buffers, each tensor once, without those of `besides`."""
    known = {tensor.data_ptr() for tensor in [*besides.parameters(), *besides.buffers()]} if besides is not None else set()
    sizes = {tensor.data_ptr(): tensor.nbytes for tensor in [*model.parameters(), *model.buffers()]}
    return sum(size for pointer, size in sizes.items() if pointer not in known)


def _base(model: PreTrained) -> PreTrained:
    return getattr(model, model.base_model_prefix, model)


def _with_head(files: ModelFiles, base: PreTrained, task: ModelTask) -> PreTrained:
    """The task's transformers class around the shell `base`, its head from head.safetensors.

    Everything is first laid out without memory (device "meta"); what neither the backbone nor the head file fills is an error.
    """
    config = copy.deepcopy(base.config)
    labels = files.settings.get("labels")
    if labels:
        config.id2label = dict(enumerate(labels))
        config.label2id = {label: index for index, label in enumerate(labels)}
    with torch.device("meta"):
        model = getattr(transformers, task.auto_class).from_config(config)
    laid_out_pooler = _base(model).pooler
    setattr(model, model.base_model_prefix, base)
    if laid_out_pooler is None or base.pooler is None:
        base.pooler = laid_out_pooler
    head = stored_tensors(files, "head.safetensors")
    # assign: the head's tensors take the shell's places; copying would write into the shared backbone.
    unexpected = model.load_state_dict(head, strict=False, assign=True).unexpected_keys
    model.tie_weights()
    # What is still without memory must come with the adapter (PEFT's modules_to_save: "...classifier.weight").
    empty = [name for name, tensor in model.state_dict().items() if tensor.is_meta]
    coming = stored_tensors(files, "adapter_model.safetensors")
    if unexpected or any(f"base_model.model.{name}" not in coming for name in empty):
        raise ModelError("models.malformed", id=files.id, file="head.safetensors")
    model.load_state_dict({name: coming[f"base_model.model.{name}"].clone() for name in empty}, strict=False, assign=True)
    return model


def _with_adapter(files: ModelFiles, model: PreTrained, merged: bool) -> PreTrained:
    """The model with its LoRA layers; PEFT's wrapper is taken off again, so that callers see the transformers class."""
    from peft import PeftModel, get_peft_model_state_dict

    stored = stored_tensors(files, "adapter_model.safetensors")
    try:
        adapted = PeftModel.from_pretrained(model, str(files.folder), is_trainable=False)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as problem:
        raise ModelError("models.malformed", id=files.id, file="adapter_config.json") from problem
    # PEFT only warns where the file lacks a layer, and leaves that one random.
    if set(get_peft_model_state_dict(adapted, save_embedding_layers=False)) - set(stored):
        raise ModelError("models.malformed", id=files.id, file="adapter_model.safetensors")
    return adapted.merge_and_unload() if merged else adapted.get_base_model()


def stored_tensors(files: ModelFiles, name: str) -> dict[str, torch.Tensor]:
    """The tensors of the model's file `name` by their names, float32; {} where there is no such file. Raises ModelError for a damaged one."""
    path = files.folder / name
    if not path.exists():
        return {}
    try:
        return {key: tensor.float() for key, tensor in load_file(path).items()}
    except SafetensorError as problem:
        raise ModelError("models.damaged", id=files.id, file=name) from problem
