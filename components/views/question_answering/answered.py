"""A table of questions, as far as it is answered: what judging it and showing it both need."""

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from components.evaluation.answer_tables import AnswerRow
from components.ui.widgets.table_work import TableWork

if TYPE_CHECKING:
    from components.models.qa import QuestionAnswerer


@dataclass(frozen=True, eq=False)
class AnsweredTable(TableWork):
    """A table's questions with their texts, as rows (question, context), and the models that answer."""

    answer_column: str | None
    answerers: list["QuestionAnswerer"]

    def answers(self, number: int) -> list[AnswerRow]:
        """What model `number` answered in each row done so far."""
        return list(chain.from_iterable(self.steps_of(number)))
