"""A Transformer's parts then and now, one at a time: what changed, computed and counted."""

from components.ui.state.language import t
from components.ui.widgets.address import choice

from .parts import show_norm

PARTS = {"norm": show_norm}


def show_modern() -> dict[str, object]:
    """One part beside its elder. Returns the snippet's settings."""
    part = choice(
        t("decoder.modern"), list(PARTS), key="dec_modern", label_of=lambda name: t(f"decoder.modern_{name}"), label_visibility="collapsed"
    )
    return PARTS[part]()
