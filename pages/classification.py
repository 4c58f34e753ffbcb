"""Classification: the class of a text or of every row of a table, how surely, why, and how well against labels."""

import streamlit as st

from components.ui import bench, choose_view, copy_link, footer, guarded, header, t
from components.views.classification.check import questions
from components.views.classification.neighbours import show_neighbours
from components.views.classification.page import (
    read_text,
    show_classes,
    show_models,
    show_pitfall,
    show_second,
    show_why,
    snippet_settings,
)
from components.views.classification.table import go_on, read_work, show_results

header("classification")
mode = choose_view(
    t("classification.mode"),
    ("text", "table"),
    key="cls_mode",
    label_of=lambda name: t(f"classification.mode_{name}"),
)
text, answers, work = "", [], None
with guarded():
    if mode == "text":
        bar = bench("cls")
        text = read_text(bar)
        answers = show_classes(bar, text)
        bar.run()
        show_second(text, answers)
        show_models(answers)
    else:
        work = read_work()
        if work:
            show_results(work)

if mode == "text":
    st.subheader(t("classification.heading_pitfall"), anchor=False)
    show_pitfall()
footer("classification", snippet="classification", settings=snippet_settings(text, answers), check=lambda: questions(text, answers))
copy_link("cls_text", "cls_second")
with guarded():
    show_why(text, answers)
    show_neighbours(text, answers)
    if work:
        go_on(work)
