"""Layer by layer: what the model's head would say at each token after each layer; a cell leads to that layer's attention and feed-forward net."""

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.lens import lens_figure
from components.charts.numbers import per_cent
from components.models.lens import Lens
from components.text.clip import clip
from components.text.language import main_language
from components.text.masks import MASK, with_masks
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.widgets.bench import bench, example_menu, sentence_field
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.figures import show_figure
from components.ui.widgets.models import choose_task_model
from components.ui.widgets.pages import link_to
from components.ui.widgets.verdict import said, show_finding

from .masking import MAX_CHARACTERS, MaskingInputError
from .models import Offer, name_of

CELL = "mlm_lens_cell"  # (text and model, token)
LAYER = "mlm_lens_layer"
EXAMPLES = {"en": ("sure", "rivals"), "ja": ("ja_sure", "ja_rivals")}


def show_lens(models: Offer) -> dict[str, object]:
    """Words by token and layer, and of the chosen cell where to look on. Returns the snippet's settings."""
    bar = bench("mlm")
    texts = {name: _hidden(name) for name in EXAMPLES[models.languages("masked_lm")[0]]}
    with bar.examples:
        example_menu(
            "mlm_lens_example", {name: {"mlm_lens": text} for name, text in texts.items()},
            {name: t(f"masked_lm.label_{name}") for name in texts},
        )  # fmt: skip
    with bar.field:
        typed = sentence_field("mlm_lens", t("masked_lm.fill_text"), next(iter(texts.values())), examples=texts)
    text = with_masks(typed)
    if len(text) > MAX_CHARACTERS:
        raise MaskingInputError("masked_lm.too_long", found=len(text), most=MAX_CHARACTERS)
    with bar.model:
        extra = {id: name_of(id) for id in models.ids["masked_lm"]}
        id = choose_task_model(
            "masked_lm", key="mlm_model", label=t("masked_lm.model"), default=models.default("masked_lm", text), extra=extra
        )
    bar.run()
    if not text.strip():
        st.info(t("masked_lm.empty_fill"), icon=":material/edit:")
        return {}
    model(id, "masked_lm")
    seen = _seen(id, text)
    place, layer = _chosen(seen, (id, text))
    _show(seen, place, layer, (id, text))
    _show_onward(id, text, seen, place, layer)
    return {"model": id, "text": text, "place": place}


def _hidden(name: str) -> str:
    """A sentence of the page with its word hidden."""
    text, word = t(f"masked_lm.example_{name}"), t(f"masked_lm.hides_{name}")
    start = text.rindex(word)
    return text[:start] + MASK + text[start + len(word) :]


def _chosen(seen: Lens, of: tuple[str, str]) -> tuple[int, int]:
    """(token, layer): as clicked and slid to; before that the first [MASK], or the first word, after the last layer."""
    layer = min(int(st.session_state.setdefault(LAYER, _asked_layer(seen.layers))), seen.layers)
    st.session_state[LAYER] = layer
    found = st.session_state.get(CELL)
    if found and found[0] == of and found[1] in seen.places:
        return found[1], layer
    masks = [place for place in seen.places if seen.text.tokens[place] == MASK]
    words = [place for place in seen.places if not seen.text.special[place]]
    return (masks or words or list(seen.places))[0], layer


def _asked_layer(layers: int) -> int:
    """What the address names, else the last."""
    asked = st.query_params.get(LAYER, "")
    return int(asked) if asked.isdecimal() and len(asked) < 4 else layers


def _show(seen: Lens, place: int, layer: int, of: tuple[str, str]) -> None:
    words = [[seen.said[depth][i][0].token for depth in range(seen.layers + 1)] for i in range(len(seen.places))]
    shares = np.array([[seen.said[depth][i][0].score for depth in range(seen.layers + 1)] for i in range(len(seen.places))])
    tokens = [seen.text.tokens[at] for at in seen.places]
    names = [t("masked_lm.lens_input"), *(str(number) for number in range(1, seen.layers + 1))]

    def pick(trace: int, index: int) -> None:
        row, column = divmod(index, seen.layers + 1)
        st.session_state[CELL] = (of, seen.places[row])
        st.session_state[LAYER] = column

    at = place - seen.places.start
    last, settled = seen.said[-1][at][0], seen.settled(place)
    quoted = {"token": clip(tokens[at], 20), "word": clip(last.token, 20)}
    key = "lens_from_start" if settled == 0 else "lens_last" if settled == seen.layers else "lens_from"
    show_finding(said(f"masked_lm.{key}", quoted=quoted, layer=settled, share=per_cent(last.score)))
    rows = [
        {"token": tokens[i], "layer": names[depth], "word": fill.token, "probability": fill.score}
        for i in range(len(tokens)) for depth in range(seen.layers + 1) for fill in seen.said[depth][i]
    ]  # fmt: skip
    show_figure(
        lens_figure(words, shares, tokens, names, chosen=at, layer=layer, layer_title=t("masked_lm.lens_layer")),
        key="masked-lm-lens", caption=t("masked_lm.lens_caption"), data=lambda: pd.DataFrame(rows), on_point=pick,
        alt=t("masked_lm.lens_alt", tokens=len(tokens), layers=seen.layers, token=tokens[at], word=last.token),
    )  # fmt: skip
    st.slider(t("masked_lm.lens_slider"), 0, seen.layers, key=LAYER, bind="query-params")
    reading = ("" if main_language([seen.text.text]) == "ja" else " ").join(
        row[layer] for at, row in zip(seen.places, words, strict=True) if not seen.text.special[at]
    )
    st.markdown(f"{t('masked_lm.lens_reads')} {escaped_markdown(reading, 1_000)}")
    if len(seen.places) < len(seen.text):
        st.caption(t("masked_lm.lens_part", shown=len(seen.places), all=len(seen.text)))
    listed = t("masked_lm.comma").join(f"{fill.token} {per_cent(fill.score)}" for fill in seen.said[layer][at])
    where = t("masked_lm.lens_at_input") if layer == 0 else t("masked_lm.lens_at", layer=layer)
    st.markdown(escaped_markdown(t("masked_lm.lens_cell", token=clip(tokens[at], 20), words=listed, where=where)))


def _show_onward(id: str, text: str, seen: Lens, place: int, layer: int) -> None:
    """To the attention and the feed-forward net of the chosen cell's layer, with the same model and text."""
    number = str(max(1, layer))
    with st.container(horizontal=True):
        link_to(
            "bert_attention", t("masked_lm.lens_attention", layer=number), ba_text=text, ba_model=id, ba_layer=number, ba_view="matrix",
            lang=language(),
        )  # fmt: skip
        link_to("feed_forward", t("masked_lm.lens_feed_forward", layer=number), ff_text=text, ff_model=id, ff_layer=number, lang=language())


@st.cache_resource(max_entries=32, ttl=900, show_spinner=False)
def _seen(id: str, text: str) -> Lens:
    from components.models import load
    from components.models.lens import lens

    return lens(load(id, "masked_lm"), text)
