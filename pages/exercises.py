"""The chapter's five exercises: a question alone, a prediction, then the experiment and an answer to compare with. The hatched box is its own."""

from components.ui import copy_link, footer, guarded, header
from components.views.exercises.page import answer_keys, choose_exercise, show_exercise

header("exercises")
code = None
with guarded():
    code = show_exercise(choose_exercise())
snippet, settings = code or (None, None)
footer("exercises", snippet=snippet, settings=settings)
copy_link(*answer_keys())
