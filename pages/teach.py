"""For teachers: two plans of lessons, a lesson of one's own in one link, the answers to every task, and a sheet to print. Plan and sheet are figures
of their own."""

from components.ui import choose_view, copy_link, footer, guarded, header, t
from components.views.teach.answers import show_answers
from components.views.teach.handout import show_handout
from components.views.teach.own import LINKS, show_own
from components.views.teach.page import show_plan

VIEWS = {
    "short": lambda: show_plan("short"),
    "long": lambda: show_plan("long"),
    "own": show_own,
    "answers": show_answers,
    "handout": show_handout,
}

header("teach")
view = choose_view(t("teach.view"), list(VIEWS), key="teach_view", label_of=lambda name: t(f"teach.view_{name}"))
with guarded():
    VIEWS[view]()
footer("teach")
copy_link(LINKS)
