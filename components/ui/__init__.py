"""What pages share on the screen. Only this floor, app.py and pages/ know Streamlit; importing it imports neither torch nor transformers."""

from components.ui.state.language import language, language_switch, prose, t
from components.ui.widgets.address import choice, copy_link, typed_text
from components.ui.widgets.code import Code
from components.ui.widgets.errors import guarded, unexpected_errors_worded
from components.ui.widgets.examples import examples
from components.ui.widgets.figures import Panel, matrix_panel, show_figure, show_matrix, show_row
from components.ui.widgets.page import enter, footer, header, remark
from components.ui.widgets.tokens import Chip, token_chips

__all__ = [
    "Chip",
    "Code",
    "Panel",
    "choice",
    "copy_link",
    "enter",
    "examples",
    "footer",
    "guarded",
    "header",
    "language",
    "language_switch",
    "matrix_panel",
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
