import json

from components.evaluation.entity_tables import entity_columns
from components.models.results import Entity


def test_each_type_gets_a_column_and_the_places_stand_as_json():
    rows = [[Entity("Tokyo", "LOC", 0, 5, 0.98765), Entity("Kyoto", "LOC", 9, 14, 0.9), Entity("Tokyo", "LOC", 20, 25, 0.9)], []]
    frame = entity_columns(rows, ["LOC", "PER"], " (m)")
    assert list(frame.columns) == ["LOC (m)", "PER (m)", "entities (m)"]
    assert frame["LOC (m)"].tolist() == ["Tokyo; Kyoto", ""] and frame["PER (m)"].tolist() == ["", ""]
    places = json.loads(frame["entities (m)"][0])
    assert places[0] == {"text": "Tokyo", "label": "LOC", "start": 0, "end": 5, "score": 0.9877} and len(places) == 3
    assert frame["entities (m)"][1] == "[]"
