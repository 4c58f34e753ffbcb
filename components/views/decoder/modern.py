"""A Transformer's parts then and now, one at a time: what changed, computed and counted."""

from components.ui.state.language import t
from components.ui.widgets.address import choice

from .counts import show_counts
from .parts import KV_HEADS, SHIFT, START, show_ffn, show_heads, show_norm, show_positions

PARTS = {"norm": show_norm, "ffn": show_ffn, "positions": show_positions, "heads": show_heads, "counts": show_counts}


def show_modern() -> dict[str, object]:
    """One part beside its elder. Returns the snippet's settings: what was moved on the part that is shown, the rest as it begins."""
    part = choice(
        t("decoder.modern"), list(PARTS), key="dec_modern", label_of=lambda name: t(f"decoder.modern_{name}"), label_visibility="collapsed"
    )
    return {"shift": SHIFT, "start": START, "kv_heads": KV_HEADS} | PARTS[part]()
