"""What the views of real decoders share: the prompt and its model, and how a next token is chosen."""

from dataclasses import dataclass

import streamlit as st

from components.errors import UserError
from components.models import bundled
from components.models.cards import card
from components.models.causal_lm import MAX_CHARACTERS, CausalLM
from components.text.language import main_language
from components.transformer.sampling import Sampling
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.widgets.address import keep_in_address
from components.ui.widgets.bench import Bench, example_menu, sentence_field
from components.ui.widgets.models import cards, choose_task_model, model_for

from .next_words import SLIDERS

PROMPT = "dec_prompt"
EXAMPLES = {"en": ("fact", "open", "story", "loop"), "ja": ("fact", "open", "story", "loop")}
PENALTY = (1.0, 2.0)


class DecoderError(UserError):
    """A text that this page can't go on with."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A decoder, and the text that it goes on with."""

    id: str
    writer: CausalLM
    prompt: str


def choose_prompt(bar: Bench, more_examples: dict[str, dict[str, object]] | None = None) -> Asked:
    """Prompt, example and model. more_examples: example -> further widgets' values. Raises DecoderError and ModelError."""
    texts = {name: t(f"decoder.prompt_{name}") for name in EXAMPLES[language()]}
    with bar.examples:
        example_menu(
            "dec_ask",
            {name: {PROMPT: text, **(more_examples or {}).get(name, {})} for name, text in texts.items()},
            {name: t(f"decoder.ask_{name}") for name in texts},
        )
    with bar.field:
        text = sentence_field(PROMPT, t("decoder.prompt"), texts["fact"], examples=texts, carrying=False).rstrip()
    return Asked(*choose_writer(bar, text), text)


def choose_writer(bar: Bench, text: str) -> tuple[str, CausalLM]:
    """The decoder for a text. Raises DecoderError and ModelError."""
    if not text.strip():
        raise DecoderError("decoder.no_text")
    if len(text) > MAX_CHARACTERS:
        raise DecoderError("decoder.too_long", found=f"{len(text):,}", most=f"{MAX_CHARACTERS:,}")
    if not any(entry.bundled for entry in cards("causal_lm")):
        raise DecoderError("decoder.no_model")
    with bar.model:
        id = choose_task_model("causal_lm", key="dec_model", label=t("decoder.model"), default=model_for("causal_lm", [text]))
    writer: CausalLM = model(id, "causal_lm")
    _note_language(writer, text)
    return id, writer


def _note_language(writer: CausalLM, text: str) -> None:
    """That the model learned another language than the text's, and what would read it."""
    spoken = main_language([text])
    if writer.language in (spoken, None) or spoken not in bundled.WRITERS:
        return
    missing = card(bundled.WRITERS[spoken]) is None
    st.caption(f":orange[:material/translate:] {t(f'decoder.other_language_{spoken}')}{t('decoder.install') if missing else ''}")


def sampling() -> Sampling:
    """How the next token is chosen, as the sliders were left or the address says."""
    values = {name: _value(f"dec_{name}", slider.least, slider.most, slider.off) for name, slider in SLIDERS.items()}
    penalty = _value("dec_penalty", *PENALTY, 1.0)
    return Sampling(values["temperature"], int(values["top_k"]), values["top_p"], values["min_p"], penalty)


def set_sampling(values: dict[str, float]) -> None:
    """Keeps sliders' values for this page's views, those within bounds."""
    for name, value in values.items():
        slider = SLIDERS[name]
        if slider.least <= value <= slider.most:
            st.session_state[f"dec_{name}"] = int(value) if name == "top_k" else float(value)


def keep_sampling() -> None:
    """The settings into the address."""
    for name, slider in SLIDERS.items():
        keep_in_address(f"dec_{name}", f"{st.session_state[f'dec_{name}']:g}", f"{slider.off:g}")


def _value(key: str, least: float, most: float, off: float) -> float:
    if key not in st.session_state:
        asked = st.query_params.get(key, "")
        try:
            found = float(asked)
        except ValueError:
            found = off
        st.session_state[key] = found if least <= found <= most else off
        if key == "dec_top_k":
            st.session_state[key] = int(st.session_state[key])
    return float(st.session_state[key])
