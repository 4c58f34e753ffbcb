"""Which names a page may use: in the session, in the address, for its figures.

Session and address are one room for all pages, so each page's names begin with a prefix of its own; `tests/unit/ui/state/test_keys.py` reads the
sources and holds it.
"""

import math

import streamlit as st

# Page -> what its names begin with, before the first "_", ":" or "-": short for widgets, the page's name for figures.
PREFIXES = {
    "overview": ("home", "overview", "door", "doors"),
    "sources": ("src", "sources"),
    "teach": ("teach",),
    "attention": ("att", "attention"),
    "multi_head": ("mh", "multi-head"),
    "bert_attention": ("ba", "bert-attention"),
    "positional": ("pe", "positional"),
    "feed_forward": ("ff", "feed-forward"),
    "exercises": ("ex", "exercises"),
    "vectors": ("vec", "vectors"),
    "tokens": ("tok", "par", "tokens"),
    "masked_lm": ("mlm", "nsp", "masked-lm"),
    "decoder": ("dec", "decoder"),
    "classification": ("cls",),
    "entities": ("ner",),
    "question_answering": ("qa",),
    "similarity": ("sim", "similarity"),
    "label": ("label",),
    "fine_tune": ("tune", "run", "runs"),
    "my_models": ("tune", "run", "runs"),  # what is shown of a run is the same on both pages
}
# Names that mean the same on every page: the language, the visitor, which run is looked at or begun anew, the lesson of a class and its step.
SHARED = ("lang", "visitor", "run", "key", "from", "lesson", "step")
# Names that stood in addresses before each page had a prefix; links to them go on working.
ALIASES = {
    "attention": {
        name: f"att_{name}"
        for name in ("text", "other", "d_model", "seed", "cross", "mode", "mask", "padding", "sample", "scale", "Q", "K", "V")
    },
    "tokens": {"part": "tok_part"},
    "masked_lm": {"part": "mlm_part"},
    "similarity": {"sentences": "sim_sentences", "pooling": "sim_pooling", "layer": "sim_layer"},
    "fine_tune": {"sample": "tune_sample", "task": "tune_task", "backbone": "tune_backbone", "curve_score": "tune_curve_score"}
    | {f"epochs_{epochs}": f"tune_epochs_{epochs}" for epochs in range(1, 101)},
}


def forget_impossible_numbers() -> None:
    """Takes out of the address what is written as a number and is none (infinite, or not a number): Streamlit can't make a field of it. Runs the
    page again then, for its fields would still begin with what the address had at the start of the run."""
    impossible = [name for name, value in st.query_params.to_dict().items() if _is_no_number(value)]
    for name in impossible:
        del st.query_params[name]
    if impossible:
        st.rerun()


def _is_no_number(value: str) -> bool:
    try:
        return not math.isfinite(float(value))
    except ValueError:
        return False


def follow_old_address(page: str) -> None:
    """Runs the page again under today's names where its address has older ones. A name of today's that is there too wins."""
    aliases, asked = ALIASES.get(page, {}), st.query_params.to_dict()
    if not aliases.keys() & asked.keys():
        return
    renamed = {aliases[name]: value for name, value in asked.items() if name in aliases}
    st.switch_page(f"pages/{page}.py", query_params=renamed | {name: value for name, value in asked.items() if name not in aliases})
