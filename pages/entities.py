"""Named entities: people, organisations and places marked in a text, or found in every row of a table."""

from components.ui import bench, choose_view, copy_link, footer, guarded, header, t
from components.views.entities.check import questions
from components.views.entities.page import read_text, show_entities, snippet_settings
from components.views.entities.table import go_on, read_work, show_results

header("entities")
mode = choose_view(t("entities.mode"), ("text", "table"), key="ner_mode", label_of=lambda name: t(f"entities.mode_{name}"))
text, answers, work = "", [], None
with guarded():
    if mode == "text":
        bar = bench("ner")
        text = read_text(bar)
        answers = show_entities(bar, text)
    else:
        work = read_work()
        if work:
            show_results(work)

footer("entities", snippet="entities", settings=snippet_settings(text, answers), check=lambda: questions(answers))
copy_link("ner_text")
with guarded():
    if work:
        go_on(work)
