"""What the console shows of promoters' questions."""

from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.shared.screens import Form, Window


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question; `answered_at` None while it waits."""

    id: str
    promoter_name: str
    promoter_code: str
    title: str
    proof: str
    order_number: str
    amount: int
    text: str
    asked_at: datetime
    answer: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class QuestionsScreen:
    """GET `state`. POST `operator_question_answer` with `answer`; `form` belongs to the question
    with the id `refused`."""

    currency: str
    questions: tuple[QuestionRow, ...]
    window: Window
    refused: str = ""
    form: Form = field(default_factory=Form)
    blank: Form = field(default_factory=Form)
    answered: bool = False
