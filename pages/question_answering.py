"""Question answering: the answer to a question marked in a text of any length, or found for every row of a table."""

from components.ui import choose_view, copy_link, footer, guarded, header, t
from components.views.question_answering.check import questions
from components.views.question_answering.page import show_answers, snippet_settings
from components.views.question_answering.questions import read_query
from components.views.question_answering.reading import go_on
from components.views.question_answering.table import go_on_with_table, read_work, show_results

header("question_answering")
mode = choose_view(
    t("question_answering.mode"), ("text", "table"), key="qa_mode", label_of=lambda name: t(f"question_answering.mode_{name}")
)
query, answers, work = None, [], None
with guarded():
    if mode == "text":
        query = read_query()
        answers = show_answers(query) if query else []
    else:
        work = read_work()
        if work:
            show_results(work)

footer("question_answering", snippet="question_answering", settings=snippet_settings(query), check=lambda: questions(query, answers))
copy_link("qa_question", "qa_context")
with guarded():
    for answer in answers:
        go_on(answer)
    if work:
        go_on_with_table(work)
