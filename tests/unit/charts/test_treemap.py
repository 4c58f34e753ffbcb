import pytest

from components.charts.theme import QUERY_COLOUR, ROLES, VALUE_COLOUR, contrast, dark_twin, dressed
from components.charts.treemap import Area, treemap

AREAS = (Area("one", 3, QUERY_COLOUR), Area("two", 1, VALUE_COLOUR), Area("inner", 1, QUERY_COLOUR, inside="two"))


def test_the_whole_is_the_sum_of_its_parts():
    figure = treemap("all", AREAS)
    assert list(figure.data[0].values) == [4, 3, 1, 1] and list(figure.data[0].parents) == ["", "all", "all", "two"]


@pytest.mark.parametrize("dark", [False, True])
def test_names_are_read_on_their_areas_in_both_themes(dark):
    trace = dressed(treemap("all", AREAS), dark).data[0]
    fills = [ROLES["paper"][dark], *(dark_twin(area.colour) if dark else area.colour for area in AREAS)]
    assert all(contrast(ink, fill) >= 4.5 for ink, fill in zip(trace.textfont.color, fills, strict=True))


@pytest.mark.parametrize("areas", [[Area("none", 0, QUERY_COLOUR)], [Area("lost", 1, QUERY_COLOUR, inside="nowhere")]])
def test_parts_that_cannot_be_drawn_are_refused(areas):
    with pytest.raises(ValueError, match="above 0"):
        treemap("all", areas)
