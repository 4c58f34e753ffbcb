"""Every code tab, for the models that its page offers: the code as the page shows it runs in a clean process without a network, and gives
the numbers that stand on the page.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.charts.feed_forward import MAX_DIMENSIONS
from components.charts.lines import thinned
from components.models import bundled, load
from tests.pages.clean import Job, run_clean
from tests.pages.conftest import assert_well, drawn, sent

LANGUAGES = tuple(bundled.BY_LANGUAGE)
MARK = "# --- the computation ---"


@dataclass(frozen=True)
class Tab:
    """One code tab. query: what opens it. numbers: expression over the code's names -> what the page shows for it. menu: the key of
    the page's menu of models, which are those of `task`, by default all."""

    page: str
    numbers: Callable[[AppTest], Mapping[str, object]]
    query: Mapping[str, str] = field(default_factory=dict)
    menu: str | None = None
    task: str | None = None

    def __str__(self) -> str:
        return "-".join([self.page, *self.query.values()])

    @property
    def models(self) -> list[str]:
        """The bundled models that the page offers."""
        return [id for id in bundled.BUNDLED_IDS if self.menu and self.task in (None, bundled.task_of(id))]


@dataclass(frozen=True)
class Case:
    """One tab as a visitor sees it. model: None for the one that the page begins with."""

    tab: Tab
    language: str
    model: str | None
    job: Job
    shown: Mapping[str, object]


def chosen(app: AppTest, menu: str) -> str:
    return app.session_state[menu]


def _attention(app: AppTest) -> dict:
    return {"weights": drawn(app, "figure-attention-weights"), "output": drawn(app, "figure-attention-output")}


def _cross(app: AppTest) -> dict:
    return {f"weights['{name}']": drawn(app, f"figure-exercises-{name}") for name in ("self", "cross")}


def _input(app: AppTest) -> dict:
    hidden = drawn(app, "figure-tokens-hidden")
    ids, shapes = app.dataframe[0].value["input_ids"], app.table[0].value.iloc[:, 0]
    pooled = "str(tuple(outputs.pooler_output.shape)) if has_pooler else None"
    shown = shapes["pooler_output"]
    return {
        "inputs['input_ids'][0]": ids.to_numpy(),
        f"outputs.last_hidden_state[0][:{len(hidden)}]": hidden,
        "str(tuple(outputs.last_hidden_state.shape))": shapes["last_hidden_state"],
        pooled: shown if shown.startswith("(") else None,
    }


def _parameters(app: AppTest) -> dict:
    return {"[f'{n:,}' for n in [*parts.values(), total]]": app.dataframe[0].value.iloc[:, 0].tolist()}


def _neurons(app: AppTest) -> dict:
    bars = drawn(app, "figure-feed-forward-token", field="x")
    return {
        f"activation[0][min(2, len(x[0]) - 1)].topk({len(bars)}).values": bars,
        "f'{(hidden > 0).float().mean():.1%}'": next(
            share for text in app.markdown if (share := re.search(r"([\d.]+%) (?:fire|が発火)", text.value))
        )[1],
        "difference < 1e-4": True,
    }


def _block(app: AppTest) -> dict:
    neurons = thinned(load(chosen(app, "ff_model"), "encoder").ffn_size, MAX_DIMENSIONS)
    return {f"activation[0][:, {list(map(int, neurons))}]": drawn(app, "figure-feed-forward-step"), "difference < 1e-4": True}


def _simulated(app: AppTest) -> dict:
    shares = [drawn(app, "figure-masked-lm-shares", trace=trace, field="y") for trace in range(3)]
    return {"shares[:, eligible]": np.stack(shares)}


def _classes(app: AppTest) -> dict:
    return {"sorted(probabilities.tolist(), reverse=True)": drawn(app, "figure-cls-classes-0", field="x")}


def _entities(app: AppTest) -> dict:
    text = app.text_area(key="ner_text").value
    found = load(chosen(app, "ner_model"), "ner").predict([text])[0]
    return {"[[one.text, one.label, one.start, one.end] for one in entities]": [[one.text, one.label, one.start, one.end] for one in found]}


def _answers(app: AppTest) -> dict:
    table = app.dataframe[0].value
    return {
        "[[one.text, one.start, one.end] for one in reading.candidates]": table.iloc[:-1, [1, 3, 4]].values.tolist(),
        "[one.score for one in reading.candidates]": table.iloc[:-1, 2].to_numpy(dtype=float),
        "null_score": table.iloc[-1, 7],
    }


def _next_tokens(app: AppTest) -> dict:
    return {"chances.topk(8).indices.tolist()": [word[0] for word in sent(app, "dec_bars")["words"][:8]]}


def _written(app: AppTest) -> dict:
    return {"asked.words(ids[len(asked.start) :])": "".join(token[0] for token in sent(app, "dec_text_line")["tokens"])}


def _bits(app: AppTest) -> dict:
    """The tints of the tokens that something stands before."""
    tints = [token[1] for token in sent(app, "dec_surprise_line")["tokens"] if token[1] >= 0]
    return {"[min(1, round(float(-one) / math.log(2) / 16, 3)) for one in log_p]": np.array(tints)}


TABS = (
    Tab("sources", lambda app: {}),
    Tab("attention", _attention, {"att_mode": "words"}),
    Tab("attention", _attention, {"att_mode": "numbers"}),
    Tab("attention", _attention, {"att_mode": "chapter"}),
    Tab("multi_head", lambda app: {f"weights[{head}]": drawn(app, "figure-multi-head", trace=2 * head) for head in (0, 1)}),
    Tab(
        "multi_head",
        lambda app: {f"weights[0, {head}]": drawn(app, "figure-multi-head", trace=2 * head) for head in (0, 1)},
        {"mh_mode": "random"},
    ),
    Tab("positional", lambda app: {"encoding.T": drawn(app, "figure-positional-table")}, {"pe_view": "table"}),
    Tab(
        "positional",
        lambda app: {"[*products[position:], *[float('nan')] * position]": drawn(app, "figure-positional-distance", trace=1, field="y")},
        {"pe_view": "distance"},
    ),
    Tab("positional", lambda app: {}, {"pe_view": "shift"}),
    Tab("positional", lambda app: {}, {"pe_view": "order"}),
    Tab("positional", lambda app: {}, {"pe_view": "kinds"}),
    Tab("exercises", _cross, {"ex": "1", "ex_seed": "3"}),
    Tab(
        "exercises",
        lambda app: {"[1 - with_positions, 1 - without_positions]": drawn(app, "figure-exercises-order", field="x")},
        {"ex": "2", "ex_seed": "0"},
    ),
    Tab("exercises", lambda app: {"lessons": drawn(app, "figure-exercises-masking", field="x")}, {"ex": "3", "ex_seed": "5"}),
    Tab("exercises", lambda app: {"widths": drawn(app, "figure-exercises-heads", field="x")}, {"ex": "4", "ex_heads": "true"}),
    Tab("tokens", lambda app: {}, {"tok_part": "split"}),
    Tab("tokens", _input, {"tok_part": "input"}, menu="tok_model"),
    Tab("tokens", _parameters, {"tok_part": "parameters"}),
    Tab("tokens", lambda app: {}, {"tok_part": "japanese"}),
    Tab(
        "bert_attention",
        lambda app: {"matrix": drawn(app, "figure-bert-attention-matrix")},
        {"ba_view": "matrix", "ba_words": "false"},
        menu="ba_model",
    ),
    Tab("feed_forward", _neurons, {"ff_view": "neurons"}, menu="ff_model"),
    Tab("feed_forward", _block, {"ff_view": "block"}, menu="ff_model"),
    Tab("feed_forward", lambda app: {}, {"ff_view": "parameters"}),
    Tab("similarity", lambda app: {}),
    Tab(
        "similarity",
        lambda app: {"cosines": drawn(app, "figure-similarity-matrix")},
        {"sim_order": "as"},
        menu="sim_model",
        task="similarity",
    ),
    Tab(
        "masked_lm",
        lambda app: {
            "[score for _, score in fills[models[0]][0]]": np.array([one[1] for one in sent(app, "mlm_line_0")["gaps"][0]["fills"]])
        },
        {"mlm_part": "fill"},
        menu="mlm_model",
        task="masked_lm",
    ),
    Tab("masked_lm", _simulated, {"mlm_part": "simulate"}),
    Tab(
        "masked_lm",
        lambda app: {"probabilities[models[0]]": drawn(app, f"figure-masked-lm-next-{chosen(app, 'nsp_model')}", field="x")[0]},
        {"mlm_part": "next"},
        menu="nsp_model",
        task="next_sentence",
    ),
    Tab("decoder", lambda app: {"weights": drawn(app, "figure-decoder-weights"), "float(moved)": 0.0}),
    Tab(
        "decoder",
        lambda app: {
            "layer_norm(x)": drawn(app, "figure-decoder-norm", trace=1, field="y"),
            "rms_norm(x)": drawn(app, "figure-decoder-norm", trace=2, field="y"),
        },
        {"dec_part": "modern", "dec_shift": "3.0"},
    ),
    Tab(
        "decoder",
        lambda app: {f"products[{trace}]": drawn(app, "figure-decoder-positions-rotary", trace=trace, field="y") for trace in range(3)},
        {"dec_part": "modern", "dec_modern": "positions", "dec_start": "50"},
    ),
    Tab(
        "decoder",
        lambda app: {"kept": drawn(app, "figure-decoder-kv-bytes", field="x")[-1]},
        {"dec_part": "modern", "dec_modern": "heads", "dec_kv": "1"},
    ),
    Tab("decoder", lambda app: {}, {"dec_part": "modern", "dec_modern": "counts"}),
    Tab("classification", _classes, menu="cls_model", task="classification"),
    Tab("decoder", lambda app: {}, {"dec_part": "causal"}),
    Tab("decoder", _next_tokens, {"dec_part": "next"}),
    Tab("decoder", _written, {"dec_part": "write"}),
    Tab("decoder", _bits, {"dec_part": "surprise"}),
    Tab("entities", _entities, menu="ner_model", task="ner"),
    Tab("question_answering", _answers, menu="qa_model", task="qa"),
)


def seen(app: AppTest, tab: Tab, language: str, model: str | None) -> Case:
    """What the page shows now: the code, and the numbers."""
    assert_well(app)
    code = next((block.value for block in app.code if MARK in block.value), None)
    assert code, f"{tab} in {language} has no code for {model}"
    shown = tab.numbers(app)
    return Case(tab, language, model, Job(code, tuple(shown)), shown)


def hold(cases: list[Case]) -> None:
    """Runs the code of all cases in one process and compares."""
    wrong = []
    for case, ran in zip(cases, run_clean([case.job for case in cases]), strict=True):
        where = f"{case.tab} in {case.language} with {case.model or 'its own model'}"
        if ran.error or not ran.printed.strip():
            wrong.append(f"{where}: {ran.error or 'prints nothing'}")
            continue
        for expression, shown in case.shown.items():
            if differs(ran.values[expression], shown):
                wrong.append(f"{where}: {expression} is {str(ran.values[expression])[:200]}, the page has {str(shown)[:200]}")
    assert not wrong, "\n".join(wrong)


def differs(found: object, shown: object) -> bool:
    if not isinstance(shown, float | np.ndarray):
        return found != shown
    values = np.array(found, dtype=float)
    return values.shape != np.shape(shown) or not np.allclose(values, shown, atol=2e-4, equal_nan=True)


@pytest.mark.slow
def test_the_code_of_every_tab_gives_the_numbers_of_the_page(open_page):
    """Of the tabs without a menu of models; the others follow."""
    hold([seen(open_page(tab.page, language, **tab.query), tab, language, None) for tab in TABS if not tab.menu for language in LANGUAGES])


@pytest.mark.slow
def test_the_code_gives_them_for_every_model_that_the_page_offers(open_page):
    """Each model in the language that it reads: the page begins with a text in it, and with a model of its own."""
    cases, met = [], set()
    for tab in TABS:
        for language in LANGUAGES if tab.menu else ():
            app = open_page(tab.page, language, **tab.query)
            own = chosen(app, tab.menu)
            cases.append(seen(app, tab, language, None))
            met.add(own)
            for model in tab.models:
                if bundled.language_of(model) == language and model != own:
                    app.session_state[tab.menu] = model
                    app.run()
                    cases.append(seen(app, tab, language, model))
                    met.add(model)
    assert met == set(bundled.BUNDLED_IDS)
    hold(cases)
