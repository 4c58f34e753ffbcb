"""What pages share on the screen. Only this floor, app.py and pages/ know Streamlit; importing it imports neither torch nor transformers."""

from .address import choice, copy_link, typed_text
from .errors import guarded, unexpected_errors_worded
from .examples import examples
from .figures import Panel, matrix_panel, show_figure, show_matrix, show_row
from .language import language, language_switch, prose, t
from .page import enter, footer, header, remark
from .tokens import Chip, token_chips

__all__ = [
    "Chip",
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
