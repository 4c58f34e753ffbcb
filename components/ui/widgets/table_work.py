"""A table whose rows models answer step by step: what the pages that work through a column of texts have in common."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.tables.writing import joined
from components.ui.state.language import t

from .address import choice
from .batches import LEAST_ROWS, Batch, run_batch
from .escaped import escaped_markdown
from .options import named
from .tables import Upload, table_out

PREVIEW = 200  # rows of the result on the screen; downloads hold all


@dataclass(frozen=True, eq=False)
class TableWork:
    """A table under work. rows: what is answered, one entry a row of the table. work: how far that is; a step gives a sequence of
    results for each model. progress: where it is drawn while it runs."""

    upload: Upload
    rows: Sequence[Any]
    work: Batch
    progress: DeltaGenerator | None

    @property
    def done(self) -> pd.DataFrame:
        """The visitor's own columns of the rows done so far."""
        return self.upload.frame.head(self.work.done)

    @property
    def state(self) -> str:
        """Changes with what is worked on and with how far it is."""
        return f"{self.work.signature}-{self.work.done}"

    def steps_of(self, number: int) -> list[Any]:
        """What model `number` gave in each step."""
        return [step[number] for step in self.work.results]

    def run(self, step: Callable[[Sequence[Any]], Any], first: int = LEAST_ROWS) -> None:
        """The next steps, while the work runs; called when the rest of the page is drawn."""
        run_batch(self.work, self.progress, self.rows, step, first)


def choose_model(names: Sequence[str], *, label: str, key: str) -> int:
    """The number of the model whose answers are shown: asked where there are several."""
    if len(names) == 1:
        return 0
    numbered = {str(number): escaped_markdown(name, 60) for number, name in enumerate(names)}
    return int(choice(label, tuple(numbered), key=key, label_of=named(numbered)))


def take_home(table: TableWork, added: pd.DataFrame, *, key: str, heading: str, state: str = "") -> None:
    """The download: the table's columns and `added`, one row each that is done. state: what `added` depends on besides the work."""
    st.subheader(heading, anchor=False)
    table_out(table.done, added, key=key, name=table.upload.name, signature=f"{table.state}{state}")


def preview(table: TableWork, added: pd.DataFrame, *, words: str, expanded: bool) -> None:
    """The first rows as the download has them. words: the message over them, with their number `n`."""
    done = table.done.head(PREVIEW)
    with st.expander(t(words, n=len(done)), expanded=expanded):
        st.dataframe(joined(done, added.head(PREVIEW)), hide_index=True)
