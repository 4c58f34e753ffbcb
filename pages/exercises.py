"""The chapter's five exercises, each to be answered, tried, and compared."""

from components.ui import copy_link, footer, guarded, header
from components.views.exercises.page import answer_keys, choose_exercise, show_exercise

header("exercises")
code = None
with guarded():
    code = show_exercise(choose_exercise())
snippet, settings = code or (None, None)
footer("exercises", snippet=snippet, settings=settings)
copy_link(*answer_keys())
