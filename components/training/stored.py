"""Frozen data kept as JSON and read again, perhaps by another version of the app."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

Stored = TypeVar("Stored")


def from_stored(cls: type[Stored], values: Mapping[str, Any]) -> Stored:
    """A dataclass `cls` from what was kept of one: names that it doesn't know are left out."""
    assert dataclasses.is_dataclass(cls)
    known = {field.name for field in dataclasses.fields(cls)}
    return cls(**{name: value for name, value in values.items() if name in known})
