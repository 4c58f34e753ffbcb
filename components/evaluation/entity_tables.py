"""Entities beside a table: the columns that a download gets."""

import json
from collections.abc import Sequence

import pandas as pd

from components.models.results import Entity


def entity_columns(rows: Sequence[Sequence[Entity]], labels: Sequence[str], suffix: str = "") -> pd.DataFrame:
    """For each row one column a type with its names, parted by "; ", and `entities`: JSON with places and scores."""
    columns = {
        label: ["; ".join(dict.fromkeys(entity.text for entity in entities if entity.label == label)) for entities in rows]
        for label in labels
    }
    columns["entities"] = [json.dumps([_plain_entity(entity) for entity in entities], ensure_ascii=False) for entities in rows]
    return pd.DataFrame(columns, dtype="str").add_suffix(suffix)


def _plain_entity(entity: Entity) -> dict[str, object]:
    return {"text": entity.text, "label": entity.label, "start": entity.start, "end": entity.end, "score": round(entity.score, 4)}
