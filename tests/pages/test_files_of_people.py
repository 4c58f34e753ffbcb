"""Files as people have them, through the pages: columns are guessed from what is in them, unreadable letters stop, printed answers count."""

import json

from components.messages import message
from tests.pages.conftest import assert_well


def csv_of(*rows: tuple[str, ...]) -> bytes:
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    return "\n".join(quoted).encode()


def test_texts_in_letters_that_the_model_lacks_are_not_trained_on(open_page, language):
    words = ["ᚠᚢᚦ", "ᚨᚱᚲ", "ᚷᚹᚺ", "ᚾᛁᛃ", "ᛇᛈᛉ", "ᛊᛏᛒ", "ᛖᛗᛚ", "ᛜᛞᛟ"]
    rows = [(" ".join(words[(n + k * (n % 7 + 1)) % 8] for k in range(6)), "ab"[n % 2]) for n in range(48)]
    app = open_page("fine_tune", language)
    app.file_uploader(key="tune:file").upload("runes.csv", csv_of(("text", "label"), *rows), "text/csv").run()
    assert_well(app)
    assert app.button(key="tune:start").disabled
    why = message("training.why-unknown-letters", language)
    assert any(why[:20] in one.value.replace("\\", "") for one in app.markdown)


def test_a_time_or_an_address_is_not_taken_for_the_text(open_page, language):
    said = ("遅い", "とても良い", "見づらい", "親切だった")
    rows = [
        (f"2026/11/{n % 28 + 1} 10:{n:02d}:00", f"guest{n}@example.org", f"{said[n % 4]}{n}", "要望" if n % 2 else "お礼")
        for n in range(40)
    ]
    app = open_page("fine_tune", language)
    data = csv_of(("送信日時", "連絡先", "ひとこと", "種類"), *rows)
    app.file_uploader(key="tune:file").upload("form.csv", data, "text/csv").run()
    assert_well(app)
    chosen = {box.key.split(":")[1]: box.value for box in app.selectbox if box.key and box.key.startswith(("tune:text:", "tune:label:"))}
    assert chosen == {"text": "ひとこと", "label": "種類"}


def test_right_answers_as_python_prints_them_are_judged(open_page, language):
    rows = [("What is the capital?", f"Paris is the capital of France. {n}", "{'text': ['Paris'], 'answer_start': [0]}") for n in range(3)]
    rows.append(("What is the capital?", "Paris is the capital of France.", "{'text': ['Par"))
    app = open_page("question_answering", language, qa_mode="table")
    app.file_uploader(key="qa:file").upload("squad.csv", csv_of(("question", "context", "answers"), *rows), "text/csv").run()
    app.button(key="qa:start").click().run()
    assert_well(app)
    exact = next(one.value for one in app.metric if one.label == message("question_answering.exact_match", language))
    assert float(exact) == 1.0
    assert any("{'text': ['Par" in json.loads(json.dumps(one.value)).replace("\\", "") for one in app.warning)
