"""Options of a menu under the names that a reader knows."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any


def named(names: Mapping[Any, str]) -> Callable[[Hashable], str]:
    """What a widget calls an option: its name, or itself where it has none (an option of an older address)."""
    return lambda option: names.get(option, str(option))
