"""The chapter's five exercises, each to be answered, tried, and compared."""

from components.ui import copy_link, footer, guarded, header
from components.views.exercises.page import answer_keys, choose_exercise, show_exercise

header("exercises")
with guarded():
    show_exercise(choose_exercise())
footer("exercises")
copy_link(*answer_keys())
