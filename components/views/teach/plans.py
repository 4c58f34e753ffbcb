"""The lesson plans: which page, with which settings, for how many minutes, towards which of the chapter's six goals."""

from dataclasses import dataclass, field

from components.ui.state.language import language, t
from components.ui.state.lesson import Step

GOALS = ("architecture", "implement", "positions", "training", "library", "japanese")  # the chapter's, in its order


@dataclass(frozen=True)
class Part:
    """One step of a lesson. name: of its task in the catalogue, `teach.do_<name>`. own: settings that differ by language."""

    name: str
    minutes: int
    page: str
    settings: dict[str, str] = field(default_factory=dict)
    goals: tuple[str, ...] = ()
    own: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def step(self) -> Step:
        """As a step of a class link, in the visitor's language, its task as the note."""
        return Step(self.page, tuple({**self.settings, **self.own.get(language(), {})}.items()), t(f"teach.do_{self.name}"))


@dataclass(frozen=True)
class Lesson:
    """One lesson. name: of its title, `teach.lesson_<name>`. checks: the questions at its end, `teach.check_<check>`. slack: minutes left over."""

    name: str
    parts: tuple[Part, ...]
    checks: tuple[str, ...]
    check_minutes: int
    slack: int

    @property
    def minutes(self) -> int:
        return sum(part.minutes for part in self.parts) + self.check_minutes + self.slack

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(part.step for part in self.parts)


WAY = Part("way", 6, "vectors", {"vec_view": "way", "vec_example": "cat"}, ("architecture",))
CUT = Part("cut", 9, "tokens", {"tok_part": "split", "tok_example": "bad"}, ("library", "japanese"))
WEIGHT = Part("weight", 18, "attention", {"att_example": "short"}, ("architecture", "implement"))
HEADS = Part("heads", 10, "multi_head", {"mh_example": "chapter"}, ("implement",))
ORDER = Part("order", 8, "positional", {"pe_view": "order", "pe_example": "bite"}, ("positions",))
TRAIN = Part("train", 4, "fine_tune", {}, ("training",), own={"ja": {"tune_sample": "topics-ja"}, "en": {"tune_sample": "topics-en"}})
GAP = Part(
    "gap", 9, "masked_lm", {"mlm_part": "fill"}, ("training",), own={"ja": {"mlm_example": "ja_sure"}, "en": {"mlm_example": "sure"}}
)
CLASSIFY = Part("classify", 10, "classification", {"cls_mode": "text", "cls_preset": "mixed"}, ("library", "japanese"))
SCORE = Part("score", 5, "my_models", {}, ("training",))

MEANING = Part(
    "meaning",
    6,
    "similarity",
    {"sim_mode": "sentences"},
    ("library",),
    own={"ja": {"sim_preset": "japanese"}, "en": {"sim_preset": "five"}},
)


def lasting(part: Part, minutes: int) -> Part:
    """The same step in another time."""
    return Part(part.name, minutes, part.page, part.settings, part.goals, part.own)


SHORT = (Lesson("short", (WAY, CUT, WEIGHT, HEADS, ORDER, TRAIN, GAP, CLASSIFY, SCORE), GOALS, 6, 5),)
LONG = (
    Lesson(
        "words",
        (
            lasting(WAY, 8),
            Part("senses", 8, "vectors", {"vec_view": "near", "vec_example": "sense"}, ("architecture",)),
            lasting(CUT, 8),
            Part("dictionaries", 6, "tokens", {"tok_part": "japanese"}, ("library", "japanese")),
            MEANING,
        ),
        ("library", "japanese"),
        5,
        4,
    ),
    Lesson(
        "attention",
        (
            lasting(WEIGHT, 13),
            Part("later", 5, "attention", {"att_example": "later"}, ("implement",)),
            lasting(HEADS, 8),
            lasting(ORDER, 6),
            Part("block", 5, "feed_forward", {"ff_view": "block", "ff_example": "cat"}, ("architecture",)),
        ),
        ("architecture", "implement", "positions"),
        5,
        3,
    ),
    Lesson(
        "bert",
        (
            Part("pronoun", 9, "bert_attention", {"ba_example": "pronoun"}, ("architecture",)),
            lasting(GAP, 9),
            Part("hide", 7, "masked_lm", {"mlm_part": "simulate"}, ("training",)),
            lasting(CLASSIFY, 11),
        ),
        ("training", "sure"),
        5,
        4,
    ),
    Lesson(
        "own",
        (
            lasting(TRAIN, 8),
            Part("names", 8, "entities", {"ner_mode": "text", "ner_preset": "news"}, ("library", "japanese")),
            Part("nothing", 8, "question_answering", {"qa_mode": "text", "qa_preset": "none"}, ("library",)),
            lasting(SCORE, 6),
            Part("loop", 7, "exercises", {"ex": "5"}, ("training", "library")),
        ),
        ("rows", "counting"),
        5,
        3,
    ),
)
PLANS = {"short": SHORT, "long": LONG}
