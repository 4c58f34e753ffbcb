"""The network itself: out of a run's folder, into ONNX, and into int8."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from components.models.loading import LOAD_LOCK
from components.text.japanese import is_japanese_tokenizer
from components.text.tokens import name_types
from components.training.portable.plain_tokenizer import words_of

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

OPSET = 17
LogitsOf = Callable[[Mapping[str, np.ndarray]], np.ndarray]


def load_network(folder: Path, auto_class: str) -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
    """The model of a run and its tokenizer: safetensors, float32, no code from the folder."""
    import torch
    import transformers

    with LOAD_LOCK:
        model = getattr(transformers, auto_class).from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, dtype=torch.float32
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    return model.eval().requires_grad_(False), name_types(tokenizer, getattr(model.config, "type_vocab_size", 0))


def together(outputs: Sequence[np.ndarray]) -> np.ndarray:
    """One output as it is; several of one shape in a new last axis."""
    return outputs[0] if len(outputs) == 1 else np.stack(outputs, axis=-1)


def torch_logits(model: "nn.Module", outputs: Sequence[str]) -> LogitsOf:
    import torch

    def run(inputs: Mapping[str, np.ndarray]) -> np.ndarray:
        with torch.inference_mode():
            output = model(**{name: torch.from_numpy(value) for name, value in inputs.items()})
        return together([output[name].numpy() for name in outputs])

    return run


def write_onnx(model: "nn.Module", path: Path, outputs: Sequence[str], each_token: bool, typed: bool = False) -> None:
    """`model` as ONNX with input_ids and attention_mask, and token_type_ids for `typed`, (batch, length) of any size; `outputs` of it, whose first
    axis is the batch and for `each_token` the second the length.

    By the exporter that traces: of tiny models of eight architectures it gave PyTorch's logits to 2e-7 in a third of a second each, where the one
    over torch.export took 16 s of processor time and two more packages. The caller compares the logits in any case.
    """
    import torch

    class Outputs(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs: torch.Tensor) -> Any:
            output = self.model(**dict(zip(names, inputs, strict=True)))
            return tuple(output[name] for name in outputs)

    names = ("input_ids", "attention_mask", "token_type_ids")[: 3 if typed else 2]
    axes = {0: "batch", 1: "length"}
    ids = torch.ones((2, 8), dtype=torch.int64)
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0  # without padding a mask is left out of the trace
    types = torch.zeros_like(ids)
    types[:, 3:] = 1
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the exporter warns of each shape that it follows
        torch.onnx.export(
            Outputs().eval(),  # it would set a module in training back to it, and with it the model's dropout
            (ids, mask, types)[: len(names)],
            str(path),
            dynamo=False,
            input_names=list(names),
            output_names=list(outputs),
            dynamic_axes={name: axes for name in names} | {name: axes if each_token else {0: "batch"} for name in outputs},
            opset_version=OPSET,
        )


def write_small(exact: Path, small: Path) -> None:
    """The same network with int8 weights, a scale for each output channel; activations are quantised as they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(exact, small, per_channel=True, weight_type=QuantType.QInt8)


def same_tokens(folder: Path, tokenizer: "PreTrainedTokenizerBase", texts: Sequence[str | tuple[str, str]], max_length: int) -> bool:
    """Whether `folder`/tokenizer.json cuts `texts`, or pairs of them, as `tokenizer` does; those that write a special token out are left out."""
    from tokenizers import Tokenizer

    plain = Tokenizer.from_file(str(folder / "tokenizer.json"))
    plain.no_padding()
    parts: list[tuple[str, ...]] = [(text,) if isinstance(text, str) else text for text in texts]
    chosen = [part for part in parts if not any(token in text for text in part for token in tokenizer.all_special_tokens)]
    if not chosen:
        return True
    sides = [list(side) for side in zip(*chosen, strict=True)]
    expected = tokenizer(*sides, truncation=True, max_length=max_length, return_token_type_ids=True, verbose=False)
    if is_japanese_tokenizer(tokenizer):
        chosen = [tuple(words_of(tokenizer, text) for text in part) for part in chosen]
    found = plain.encode_batch([part if len(part) > 1 else part[0] for part in chosen])
    ids, types = ([list(row) for row in expected[name]] for name in ("input_ids", "token_type_ids"))
    return [one.ids for one in found] == ids and (len(chosen[0]) == 1 or [one.type_ids for one in found] == types)
