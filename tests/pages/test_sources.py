import json
import re
import tomllib
from html import unescape
from itertools import chain

import pytest

from components.charts.architecture import BLOCK_IDS
from components.charts.numbers import significant
from components.messages import catalogue, message
from components.models import catalog
from components.models.bundled import BUNDLED_IDS, ENGLISH, JAPANESE
from components.ui.state import measuring
from components.ui.state.language import sections
from components.ui.state.recent import Recent
from components.ui.widgets.pages import PAGES
from components.views.sources import page as sources
from components.views.sources import recurrence
from components.views.sources.terms import TERMS
from tests.pages.alone import open_alone
from tests.pages.conftest import ROOT


@pytest.fixture(autouse=True)
def nothing_measured(monkeypatch):
    monkeypatch.setattr(measuring, "_RESULTS", Recent(32))


def links(app) -> list[str]:
    return [link.proto.page for link in app.get("page_link")]


def test_opens_with_the_map_and_a_block_explained(open_page, language):
    app = open_page("sources", language)
    (chart,) = app.get("plotly_chart")
    assert len(json.loads(chart.proto.spec)["data"][0]["customdata"]) == len(BLOCK_IDS) == len(app.selectbox(key="src_block").options)
    assert any(sections(language, "sources")["block-self-attention"] == note.value for note in app.markdown)
    assert "multi_head" in links(app)


@pytest.mark.parametrize("block", BLOCK_IDS)
def test_every_block_is_explained_and_leads_somewhere(block):
    kind = sources.kind_of(block)
    for language in ("ja", "en"):
        assert sections(language, "sources")[f"block-{kind.replace('_', '-')}"]
    assert sources.KINDS[kind]


def test_kinds_are_told_apart():
    assert sources.kind_of("encoder_attention") == "self_attention"
    assert sources.kind_of("decoder_attention") == "masked_attention"
    assert sources.kind_of("cross_attention") == "cross_attention"
    assert sources.kind_of("decoder_norm_3") == "norm"


def test_a_chosen_block_changes_explanation_and_links(open_page, language):
    app = open_page("sources", language)
    app.selectbox(key="src_block").set_value("decoder_position").run()
    assert any(sections(language, "sources")["block-position"] == note.value for note in app.markdown)
    assert links(app)[0] == "positional"
    assert message("sources.block_decoder_position", language) in app.get("plotly_chart")[0].proto.alt


def test_links_lead_only_to_pages_of_the_navigation(open_page):
    app = open_page("sources", "en")
    assert links(app) and set(links(app)) <= set(chain.from_iterable(PAGES.values()))
    wanted = (
        {page for pages in sources.KINDS.values() for page in pages}
        | {page for pages in sources.GOALS.values() for page in pages}
        | set(TERMS)
    )
    assert wanted | {"exercises"} >= set(links(app))


def table(app) -> tuple[list[str], dict[str, list[str]]]:
    """The table of models: the names of its columns, and task -> what its cells say."""
    (body,) = (part.proto.body for part in app.get("html") if "hi-models" in part.proto.body)
    text = [re.sub(r"<[^>]+>", "", part) for part in re.findall(r'<th scope="col">(.*?)</th>', body)]
    rows = {name: re.findall(r"<td[^>]*>(.*?)</td>", cells) for name, cells in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', body)}
    return text, {unescape(name): [unescape(re.sub(r"<[^>]+>", " ", cell)) for cell in cells] for name, cells in rows.items()}


def test_the_models_stand_in_one_table_with_their_scores_in_words(open_page, language):
    app = open_page("sources", language)
    here = {card.id: card for card in catalog() if card.bundled}
    assert message("sources.models_lead", language, here=len(here), all=len(BUNDLED_IDS)) in [note.value for note in app.markdown]
    columns, rows = table(app)
    assert columns == [message(f"sources.{name}", language) for name in ("task", "language_ja", "language_en")]
    assert len(rows) == len(ENGLISH.tasks) + 1
    for task in ENGLISH.tasks:
        cells = rows[message(f"sources.task_{task}", language)]
        for cell, models in zip(cells, (JAPANESE, ENGLISH), strict=True):
            assert significant(here[models.tasks[task]].parameters / 1e6) in cell and here[models.tasks[task]].licence in cell
    found = here["sentiment-ja"].scores["two_way_accuracy chabsa"]
    assert f" {round(100 * found)} " in rows[message("sources.task_classification", language)][0]
    assert significant(here["embed-ja"].scores["spearman JSTS valid"]) in rows[message("sources.task_similarity", language)][0]
    assert message("sources.not_measured", language) in rows[message("sources.task_similarity", language)][1]
    assert not [id for id in BUNDLED_IDS if any(id in cell for cells in rows.values() for cell in cells)]


def test_every_term_stands_under_the_page_that_shows_it(open_page, language):
    written = sections(language, "glossary")
    assert [term for terms in TERMS.values() for term in terms] == list(written)
    app = open_page("sources", language)
    assert message("sources.terms", language) in [heading.value for heading in app.subheader]
    shown = [note.value for note in app.markdown]
    for page, terms in TERMS.items():
        assert "\n".join(f"- {written[term]}" for term in terms) in shown
        assert page == "sources" or page in links(app)


@pytest.mark.parametrize("page", ["attention", "tokens", "exercises"])
def test_each_page_s_foot_leads_to_the_terms(open_page, language, page):
    app = open_page(page, language)
    assert message("sources.to_terms", language) in [link.proto.label for link in app.get("page_link") if link.proto.page == "sources"]


def test_every_measure_of_the_bundled_models_has_its_sentence(language):
    first = {next(iter(card.scores)).partition(" ")[0] for card in catalog() if card.bundled and card.scores}
    assert {f"sources.score_{measure}" for measure in first} <= catalogue(language).keys()


def test_the_app_s_name_and_version_stand_at_the_end(open_page, language):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert [caption.value for caption in open_page("sources", language).caption].count(
        message("sources.name", language, version=version)
    ) == 1


def test_goals_are_ticked_and_counted(open_page, language):
    app = open_page("sources", language)
    app.checkbox(key="src_goal_positions").check().run()
    app.checkbox(key="src_goal_library").check().run()
    assert app.get("progress")[0].proto.text == message("sources.goals_done", language, done=2, all=6)


def test_the_comparison_is_measured_on_demand(language, monkeypatch):
    monkeypatch.setattr(recurrence, "LENGTHS", (16, 64))
    monkeypatch.setattr(recurrence, "DISTANCES", (1, 32))
    monkeypatch.setattr(recurrence, "ROUNDS", 1)
    app = open_alone("sources", language)
    app.button(key="measure-sources").click().run()
    assert not app.exception and not app.error
    alts = [chart.proto.alt for chart in app.get("plotly_chart")]
    assert len(alts) == 3
    assert "32" in alts[2] and "×10⁻" in alts[2]  # the LSTM's gradient has all but vanished
    times = json.loads(app.get("plotly_chart")[1].proto.spec)
    assert times["layout"]["xaxis"]["type"] == times["layout"]["yaxis"]["type"] == "log"
    assert [trace["name"] for trace in times["data"]] == ["LSTM", message("sources.attention_layer", language)]
    assert len(open_alone("sources", language).get("plotly_chart")) == 3  # kept for the next visitor


def test_parameters_are_those_of_pytorch_s_layers():
    from torch import nn

    layers = {
        "self_attention": nn.MultiheadAttention(512, 8),
        "norm": nn.LayerNorm(512),
        "feed_forward": nn.Sequential(nn.Linear(512, 2048), nn.ReLU(), nn.Linear(2048, 512)),
    }
    for kind, layer in layers.items():
        assert sources.PARAMETERS[kind] == sum(parameter.numel() for parameter in layer.parameters())
