"""The line under a figure that says in numbers what is looked at."""

import numpy as np

from components.charts.numbers import significant
from components.transformer.analysis import highest_entropy
from components.transformer.entropy import entropy
from components.ui.state.language import t
from components.ui.widgets.escaped import escaped_markdown

from .page import AttentionReading, AttentionSource


def describe(source: AttentionSource, reading: AttentionReading) -> str:
    """One line with the numbers of what is looked at."""
    said = t(
        "bert_attention.describe",
        name=source.name,
        entropy=significant(float(entropy(source.matrix).mean())),
        most=significant(highest_entropy(len(source.matrix), reading.causal)),
    )
    if not reading.specials:
        return said
    to_specials = float(source.matrix[:, np.array(reading.units.special)].sum(axis=1).mean())
    return f"{said} {t('bert_attention.describe_specials', share=f'{to_specials:.0%}', specials=specials_listed(reading))}"


def specials_listed(reading: AttentionReading) -> str:
    """ "[CLS] and [SEP]", for a line of Markdown."""
    return t("bert_attention.and").join(escaped_markdown(token) for token in reading.specials)


def specials_joined(reading: AttentionReading) -> str:
    """ "[CLS] and [SEP]", for text that is no Markdown."""
    return t("bert_attention.and").join(reading.specials)
