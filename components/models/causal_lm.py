"""Decoders: the next token's distribution, text written token by token with and without cached keys and values, beams, and how surprised a model is.

A decoder reads from left to right: position i sees positions 0..i alone, and predicts token i + 1 (Radford et al. 2018, "Improving Language
Understanding by Generative Pre-Training", section 3.1).
"""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from components.errors import ModelError
from components.models import adapters, bundled
from components.models import files as model_files
from components.models.causal_loading import model_and_tokenizer
from components.models.files import ModelFiles
from components.models.lanes import alone
from components.models.masked_lm import bare
from components.models.model_inputs import max_length
from components.models.tasks import ModelTask
from components.text.japanese import is_japanese_tokenizer
from components.text.tokens import AlignedText, Aligner
from components.transformer.sampling import Sampling, distribution, draw

MAX_TOKENS = 512  # read or written in one text: 512 x 49,152 float32 logits are 101 MB
MAX_CHARACTERS = 5_000
MAX_NEW = 100  # tokens that are written at a time
MAX_BEAMS = 8


@dataclass(frozen=True)
class Candidate:
    """A token that could come next. text: as it would stand in the text, a space before it included."""

    id: int
    text: str
    probability: float


@dataclass(frozen=True)
class Step:
    """One token that was written: its probability among those it was drawn from, the model's own (before temperature and filters), and the
    likeliest of the model's own distribution."""

    token: Candidate
    own: float
    best: tuple[Candidate, ...]
    kept: int
    ends: bool = False


@dataclass(frozen=True)
class Beam:
    """A continuation of several tokens: log_probability is the sum of its tokens', natural logarithm. Its tokens' own are in `steps`."""

    text: str
    log_probability: float
    steps: tuple[float, ...]


@dataclass(frozen=True)
class Surprise:
    """A token of a text, and what it was given by those to its left; None for a first token that nothing stands before. rank: 1 is the likeliest.
    best: the likeliest there, the first of them first."""

    id: int
    text: str
    span: tuple[int, int]
    probability: float | None
    rank: int | None
    best: tuple[Candidate, ...]


@dataclass(frozen=True)
class Timing:
    """How long writing took, and how many positions went through the model for it."""

    seconds: float
    positions: int
    ids: tuple[int, ...]


class CausalLM:
    """A loaded decoder. Safe to call from several threads. `vocabulary_size`, `max_length` (tokens, prompt and what is written), `language`.
    `never`: ids that no text has, never written; `ends`: ids that end a text."""

    def __init__(self, files: ModelFiles):
        self.id = files.id
        self.model: Any
        self.model, tokenizer = model_and_tokenizer(files)
        self.max_length = min(MAX_TOKENS, max_length(self.model.config, tokenizer))
        self.aligner = Aligner(tokenizer, self.max_length)
        self.vocabulary_size = int(self.model.config.vocab_size)
        self._japanese = is_japanese_tokenizer(tokenizer)
        self.language: str | None = bundled.language_of(files.id) or ("ja" if self._japanese else None)
        base = adapters.backbone(model_files.find(files.backbone)) if files.backbone else None
        self.own_bytes = adapters.tensor_bytes(self.model, base.model if base else None)
        self.shares = base.key if base else None
        # A vocabulary made for masked texts has tokens that no text has: they are never written. One that ends a text ends the writing.
        special = set(tokenizer.all_special_ids)
        never = {tokenizer.unk_token_id, tokenizer.pad_token_id, tokenizer.mask_token_id, tokenizer.cls_token_id}
        self.never = sorted(special & never) if tokenizer.mask_token_id is not None else []
        self.ends = special - set(self.never)

    @property
    def start(self) -> tuple[int, ...]:
        """The special tokens that stand before a text."""
        return self.aligner.single.prefix

    def read(self, text: str) -> AlignedText:
        """The tokens of `text`. Raises ModelError where there are too many, or characters."""
        if len(text) > MAX_CHARACTERS:
            raise ModelError("models.context_too_long", found=len(text), limit=MAX_CHARACTERS)
        aligned = self.aligner.align(text)
        if len(aligned) + len(self.start) > self.max_length:
            raise ModelError("models.too_many_tokens", found=len(aligned), limit=self.max_length - len(self.start))
        return aligned

    def ids(self, text: str) -> list[int]:
        """What the model is given for a prompt. Raises ModelError, also for a prompt without a token."""
        ids = [*self.start, *self.read(text).ids]
        if not ids:
            raise ModelError("models.no_tokens", id=self.id)
        return ids

    def words(self, ids: Sequence[int]) -> str:
        """The text of tokens, special ones included as they are written."""
        tokenizer = self.aligner.tokenizer
        if self._japanese:
            return "".join(bare(token) for token in tokenizer.convert_ids_to_tokens(list(ids)))
        text: str = tokenizer.decode(list(ids), clean_up_tokenization_spaces=False)
        return text

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """`words` cut by token: what each adds. A token that is a part of a character adds nothing, and the one that completes it all of it."""
        found, done = [], ""
        for count in range(1, len(ids) + 1):
            text = self.words(ids[:count])
            whole = not text.endswith("\ufffd") or count == len(ids)
            found.append(text[len(done) :] if whole else "")
            done = text if whole else done
        return found

    def writes(self, token: Candidate) -> bool:
        """Whether `token` can be added to a text as it is: neither a part of a character nor a special token."""
        return "\ufffd" not in token.text and token.id not in self.ends and token.id not in self.never

    def next_logits(self, ids: Sequence[int]) -> Tensor:
        """(V,) float32: of the token after `ids`."""
        return self._logits(ids, last=True)[-1]

    def best(self, probabilities: Tensor, count: int) -> list[Candidate]:
        """The `count` likeliest of (V,)."""
        found, ids = probabilities.topk(min(count, len(probabilities)))
        return [Candidate(id, self.words([id]), p) for id, p in zip(ids.tolist(), found.tolist(), strict=True)]

    def write(self, prompt: str, sampling: Sampling, seed: int, most: int, *, cached: bool = True, top: int = 5) -> Iterator[Step]:
        """Token after token, at most `most`, until one ends the text or the model can read no more. The same seed gives the same text on the same
        machine. cached: keys and values of what was read are kept; otherwise everything is read again for each token. Raises ModelError."""
        generator = torch.Generator().manual_seed(seed)
        for ids, logits in self._run(self.ids(prompt), min(most, MAX_NEW), cached):
            own = logits.softmax(-1)
            logits[self.never] = -torch.inf
            chances = distribution(logits, sampling, ids)
            id = draw(chances, generator)
            token = Candidate(id, self.words([id]), float(chances[id]))
            yield Step(token, float(own[id]), tuple(self.best(own, top)), int((chances > 0).sum()), id in self.ends)
            ids.append(id)
            if id in self.ends:
                return

    def greedy(self, prompt: str, most: int, cached: bool) -> Timing:
        """The likeliest token, `most` times, whatever it is, timed. Raises ModelError."""
        begun, written = time.perf_counter(), []
        first = self.ids(prompt)
        read = len(first)
        for ids, logits in self._run(first, min(most, MAX_NEW), cached):
            written.append(int(logits.argmax()))
            ids.append(written[-1])
        later = len(written) - 1
        positions = read + later if cached else sum(read + i for i in range(len(written)))
        return Timing(time.perf_counter() - begun, positions, tuple(written))

    def beams(self, prompt: str, count: int, most: int) -> list[Beam]:
        """The `count` likeliest continuations that a search over as many beams finds, the likeliest first; one that ended is not gone on with."""
        first, count = self.ids(prompt), min(count, MAX_BEAMS)
        live: list[tuple[list[int], list[float]]] = [([], [])]
        for _ in range(min(most, MAX_NEW, self.max_length - len(first))):
            going = [beam for beam in live if not beam[0] or beam[0][-1] not in self.ends]
            if not going:
                break
            grown = [beam for beam in live if beam not in going]
            for (ids, steps), logits in zip(going, self._last([[*first, *ids] for ids, _ in going]), strict=True):
                logits[self.never] = -torch.inf
                found, at = logits.log_softmax(-1).topk(count)
                grown += [([*ids, id], [*steps, p]) for p, id in zip(found.tolist(), at.tolist(), strict=True)]
            live = sorted(grown, key=lambda beam: -math.fsum(beam[1]))[:count]
        return [Beam(self.words(ids), math.fsum(steps), tuple(map(math.exp, steps))) for ids, steps in live]

    def surprise(self, text: str, top: int = 5) -> list[Surprise]:
        """Token by token, what the model thought of `text`. Raises ModelError."""
        aligned = self.read(text)
        ids = [*self.start, *aligned.ids]
        if not aligned.ids:
            raise ModelError("models.no_tokens", id=self.id)
        before = self._logits(ids)[:-1].softmax(-1) if len(ids) > 1 else torch.empty(0, self.vocabulary_size)
        found = []
        texts = self.pieces(aligned.ids)
        for place, (id, span) in enumerate(zip(aligned.ids, aligned.spans, strict=True)):
            row = place + len(self.start) - 1
            if row < 0:
                found.append(Surprise(id, texts[place], span, None, None, ()))
                continue
            own = before[row, id]
            rank = int((before[row] > own).sum()) + 1
            found.append(Surprise(id, texts[place], span, float(own), rank, tuple(self.best(before[row], top))))
        return found

    def _run(self, ids: list[int], most: int, cached: bool) -> Iterator[tuple[list[int], Tensor]]:
        """(all ids so far, to which the caller adds the next one; logits (V,) of that one), `most` times."""
        cache: Any = None
        read = 0
        for _ in range(min(most, self.max_length - len(ids))):
            new = ids[read:] if cached else ids
            with alone(len(new)), torch.inference_mode():
                output = self._answer(torch.tensor([new]), past_key_values=cache, use_cache=cached, logits_to_keep=1)
            cache, read = output.past_key_values if cached else None, len(ids)
            yield ids, output.logits[0, -1].float().clone()

    def _last(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """(B, V) float32: of the token after each of B rows of the same length."""
        with alone(sum(map(len, rows))), torch.inference_mode():
            logits: Tensor = self._answer(torch.tensor(rows), use_cache=False, logits_to_keep=1).logits[:, -1].float()
        return logits.clone()

    def _logits(self, ids: Sequence[int], last: bool = False) -> Tensor:
        """(T, V) float32, or (1, V) of the last position."""
        with alone(len(ids)), torch.inference_mode():
            return self._answer(torch.tensor([list(ids)]), use_cache=False, logits_to_keep=int(last)).logits[0].float()

    def _answer(self, ids: Tensor, **options: Any) -> Any:
        try:
            return self.model(input_ids=ids, **options)
        except (ValueError, TypeError, IndexError, RuntimeError) as problem:
            raise ModelError("models.cannot_run", id=self.id) from problem


def perplexity(found: Sequence[Surprise]) -> float | None:
    """exp of the mean of -ln p over the tokens that something stood before; None where there are none."""
    known = [-math.log(max(one.probability, 1e-45)) for one in found if one.probability is not None]
    return math.exp(math.fsum(known) / len(known)) if known else None


def build(files: ModelFiles, _: ModelTask) -> CausalLM:
    return CausalLM(files)
