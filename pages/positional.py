"""Positional encoding: clocks, what word order is to a real model, the table, its dot products, the map between positions, and four ways to encode it."""

from components.ui import choose_view, copy_link, footer, guarded, header, t
from components.views.positional.check import questions
from components.views.positional.clocks import show_clocks
from components.views.positional.kinds import show_kinds
from components.views.positional.page import follow_link_to_table, show_distance, show_shift, show_table
from components.views.positional.word_order import show_order

VIEWS = {
    "clocks": (show_clocks, "positional"),
    "order": (show_order, "word_order"),
    "table": (show_table, "positional"),
    "distance": (show_distance, "positional"),
    "shift": (show_shift, "positional"),
    "kinds": (show_kinds, "position_kinds"),
}

header("positional")
follow_link_to_table()
view = choose_view(t("positional.view"), list(VIEWS), key="pe_view", label_of=lambda name: t(f"positional.view_{name}"))
show, snippet = VIEWS[view]
settings = None
with guarded():
    settings = show()
footer("positional", snippet=snippet if settings else None, settings=settings, check=lambda: questions(settings))
copy_link(*(("pe_first", "pe_second") if view == "order" else ()))
