"""What pages share on the screen. Only this floor, app.py and pages/ know Streamlit; importing it imports neither torch nor transformers."""

from components.ui.state.language import language, language_switch, prose, t
from components.ui.state.loaders import page_is_drawn
from components.ui.widgets.address import choice, copy_link, typed_text
from components.ui.widgets.bench import bench
from components.ui.widgets.code import Code
from components.ui.widgets.errors import guarded, unexpected_errors_worded
from components.ui.widgets.figures import Panel, matrix_panel, show_figure, show_matrix, show_row
from components.ui.widgets.page import choose_view, enter, footer, header, remark
from components.ui.widgets.tokens import Chip, token_chips
from components.ui.widgets.waiting import computing

__all__ = [
    "Chip",
    "Code",
    "Panel",
    "bench",
    "choice",
    "choose_view",
    "computing",
    "copy_link",
    "enter",
    "footer",
    "guarded",
    "header",
    "language",
    "language_switch",
    "matrix_panel",
    "page_is_drawn",
    "prose",
    "remark",
    "show_figure",
    "show_matrix",
    "show_row",
    "t",
    "token_chips",
    "typed_text",
    "unexpected_errors_worded",
]
