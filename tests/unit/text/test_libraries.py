"""What the libraries hold stays out of the collector's way, and no run of a page ends in a walk through all of it."""

import gc
import tomllib
from pathlib import Path

from components.text import libraries

ROOT = Path(__file__).parents[3]


def test_the_libraries_are_out_of_the_collectors_sight():
    assert libraries.transformers.BertModel and gc.get_freeze_count() > 30_000
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["runner"]["postScriptGC"] is False
