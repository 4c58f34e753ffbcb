import json
from itertools import chain

import pytest

from components.charts.numbers import significant
from components.charts.overview import BLOCK_IDS
from components.messages import message
from components.models import catalog
from components.models.bundled import BUNDLED_IDS
from components.ui.state import measuring
from components.ui.state.language import sections
from components.ui.state.recent import Recent
from components.ui.widgets.pages import PAGES
from components.views.overview import page as overview
from tests.pages.alone import open_alone


@pytest.fixture(autouse=True)
def nothing_measured(monkeypatch):
    monkeypatch.setattr(measuring, "_RESULTS", Recent(32))


def links(app) -> list[str]:
    return [link.proto.page for link in app.get("page_link")]


def test_opens_with_the_map_and_a_block_explained(open_page, language):
    app = open_page("overview", language)
    (chart,) = app.get("plotly_chart")
    assert len(json.loads(chart.proto.spec)["data"][0]["customdata"]) == len(BLOCK_IDS) == len(app.selectbox(key="home_block").options)
    assert any(sections(language, "overview")["block-self-attention"] == note.value for note in app.markdown)
    assert "multi_head" in links(app)


@pytest.mark.parametrize("block", BLOCK_IDS)
def test_every_block_is_explained_and_leads_somewhere(block):
    kind = overview.kind_of(block)
    for language in ("ja", "en"):
        assert sections(language, "overview")[f"block-{kind.replace('_', '-')}"]
    assert overview.KINDS[kind]


def test_kinds_are_told_apart():
    assert overview.kind_of("encoder_attention") == "self_attention"
    assert overview.kind_of("decoder_attention") == "masked_attention"
    assert overview.kind_of("cross_attention") == "cross_attention"
    assert overview.kind_of("decoder_norm_3") == "norm"


def test_a_chosen_block_changes_explanation_and_links(open_page, language):
    app = open_page("overview", language)
    app.selectbox(key="home_block").set_value("decoder_position").run()
    assert any(sections(language, "overview")["block-position"] == note.value for note in app.markdown)
    assert links(app)[0] == "positional"
    assert message("overview.block_decoder_position", language) in app.get("plotly_chart")[0].proto.alt


def test_links_lead_only_to_pages_of_the_navigation(open_page):
    app = open_page("overview", "en")
    assert links(app) and set(links(app)) <= set(chain.from_iterable(PAGES.values()))
    wanted = {page for pages in overview.KINDS.values() for page in pages} | {page for _, pages in overview.GOALS for page in pages}
    assert wanted | set(overview.PAGES_OF_TASK.values()) >= set(links(app))


def test_the_models_at_hand_have_a_card_with_their_scores(open_page, language):
    app = open_page("overview", language)
    text = "\n".join(note.value for note in app.markdown)
    here = [card for card in catalog() if card.bundled]
    assert here and message("overview.models_lead", language, here=len(here), all=len(BUNDLED_IDS)) in text
    for card in here:
        assert message(card.name_key, language) in text
        for name, value in list(card.scores.items())[:2]:
            measure, _, rows = name.partition(" ")
            assert f"{message(f'picker.metric_{measure}', language)} {significant(value)}" in text
            assert rows in text or (language == "ja" and "held-out" in rows)  # these words are translated


def test_goals_are_ticked_and_counted(open_page, language):
    app = open_page("overview", language)
    app.checkbox(key="home_goal_positions").check().run()
    app.checkbox(key="home_goal_library").check().run()
    assert app.get("progress")[0].proto.text == message("overview.goals_done", language, done=2, all=6)


def test_the_comparison_is_measured_on_demand(language, monkeypatch):
    monkeypatch.setattr(overview, "LENGTHS", (16, 64))
    monkeypatch.setattr(overview, "DISTANCES", (1, 32))
    monkeypatch.setattr(overview, "ROUNDS", 1)
    app = open_alone("overview", language)
    app.button(key="measure-overview").click().run()
    assert not app.exception and not app.error
    alts = [chart.proto.alt for chart in app.get("plotly_chart")]
    assert len(alts) == 3
    assert "32" in alts[2] and "×10⁻" in alts[2]  # the LSTM's gradient has all but vanished
    times = json.loads(app.get("plotly_chart")[1].proto.spec)
    assert times["layout"]["xaxis"]["type"] == times["layout"]["yaxis"]["type"] == "log"
    assert [trace["name"] for trace in times["data"]] == ["LSTM", message("overview.attention_layer", language)]
    assert len(open_alone("overview", language).get("plotly_chart")) == 3  # kept for the next visitor


def test_parameters_are_those_of_pytorch_s_layers():
    from torch import nn

    layers = {
        "self_attention": nn.MultiheadAttention(512, 8),
        "norm": nn.LayerNorm(512),
        "feed_forward": nn.Sequential(nn.Linear(512, 2048), nn.ReLU(), nn.Linear(2048, 512)),
    }
    for kind, layer in layers.items():
        assert overview.PARAMETERS[kind] == sum(parameter.numel() for parameter in layer.parameters())
