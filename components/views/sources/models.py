"""The bundled models as one table: a row a task, a column a language, each with its score in words."""

from html import escape

import streamlit as st

from components.charts.numbers import significant
from components.messages import catalogue
from components.models import ModelCard, catalog
from components.models.bundled import ACROSS, BUNDLED_IDS, ENGLISH, JAPANESE, WRITERS
from components.models.cards import writers
from components.ui.state.language import language, t
from components.ui.widgets.models import score_words

_STYLE = """<style>
.hi-models { border-collapse: collapse; width: 100%; font-size: .875rem; line-height: 1.6; }
.hi-models caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.hi-models th, .hi-models td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--hi-line); font-weight: 400; }
.hi-models thead th { color: var(--hi-ink2); font-size: .82rem; }
.hi-models tbody th { font-weight: 600; white-space: nowrap; }
.hi-models .size { color: var(--hi-ink2); font-size: .82rem; }
@media (max-width: 760px) {
  .hi-models, .hi-models tbody, .hi-models tr, .hi-models td, .hi-models tbody th { display: block; }
  .hi-models thead { display: none; }
  .hi-models tbody th { border: 0; padding-bottom: 0; white-space: normal; }
  .hi-models td { border: 0; padding: .25rem 0; }
  .hi-models td::before { content: attr(data-language); display: block; font-size: .75rem; color: var(--hi-ink2); }
  .hi-models tr { border-bottom: 1px solid var(--hi-line); padding-bottom: .5rem; }
}
</style>"""


def show_models() -> None:
    """What each bundled model whose files are here does and how well, and its size."""
    st.subheader(t("sources.models"), anchor="models")
    here = {card.id: card for card in (*catalog(), *writers()) if card.bundled}
    st.markdown(t("sources.models_lead", here=len(here), all=len(BUNDLED_IDS) + len(WRITERS)))
    names = [t("sources.language_ja"), t("sources.language_en")]
    rows = []
    for task in ENGLISH.tasks:
        cells = [_cell(here.get(models.tasks.get(task, "")), name) for models, name in zip((JAPANESE, ENGLISH), names, strict=True)]
        rows.append((t(f"sources.task_{task}"), "".join(cells)))
    written = [_cell(here.get(WRITERS[language]), name) for language, name in zip(("ja", "en"), names, strict=True)]
    rows.append((t("sources.task_causal_lm"), "".join(written)))
    rows.insert(1, (t("sources.task_across"), _cell(here.get(ACROSS.id), t("sources.language_both"), 2)))
    body = "".join(f'<tr><th scope="row">{escape(task)}</th>{cells}</tr>' for task, cells in rows)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in (t("sources.task"), *names))
    caption = f"<caption>{escape(t('sources.models'))}</caption>"
    st.html(f'{_STYLE}<table class="hi-models">{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')


def in_words(card: ModelCard) -> str:
    """The first of a model's scores as a sentence; "" where it was not measured here."""
    if not card.scores:
        return ""
    name, value = next(iter(card.scores.items()))
    key = f"sources.score_{name.partition(' ')[0]}"
    if key not in catalogue(language()):
        return score_words(card)[0]
    return t(key, hundredths=round(100 * value), value=significant(value))


def _cell(card: ModelCard | None, column: str, width: int = 1) -> str:
    if card is None:
        lines = [escape(t("sources.not_here"))]
    else:
        size = t(
            "sources.size",
            parameters=significant(card.parameters / 1e6),
            megabytes=significant(card.size_bytes / 1e6),
            licence=card.licence,
        )
        lines = [escape(in_words(card) or t("sources.not_measured")), f'<span class="size">{escape(size)}</span>']
    return f'<td colspan="{width}" data-language="{escape(column)}">{"<br>".join(lines)}</td>'
