"""Commands and their options, with help and complaints in the language of whoever asks."""

import argparse
import os
from collections.abc import Callable, Sequence
from functools import partial

from components.messages import LANGUAGES, message
from components.training.settings import LANGUAGES as TEXT_LANGUAGES
from components.training.settings import TASKS, TUNES

# What argparse says by itself -> the message that says it.
ARGPARSE = {
    "usage: ": "usage",
    "options": "options",
    "positional arguments": "arguments",
    "show this help message and exit": "help",
    "the following arguments are required: %s": "required",
    "unrecognized arguments: %s": "unrecognised",
    "expected one argument": "one_value",
    "invalid choice: %(value)r (choose from %(choices)s)": "choice",
    "invalid %(type)s value: %(value)r": "value",
    "argument %(argument_name)s: %(message)s": "argument",
    "%(prog)s: error: %(message)s\n": "error",
    "ambiguous option: %(option)s could match %(matches)s": "ambiguous",
}
INPUT_KINDS = ("csv", "tsv", "jsonl", "txt", "xlsx")
OUTPUT_KINDS = ("csv", "jsonl")
Say = Callable[..., str]


def spoken_language(arguments: Sequence[str]) -> str:
    """The language of help and messages: what --language says, but for `train`, whose --language is that of the texts; else the environment's."""
    words = list(arguments)
    if words[:1] != ["train"]:
        for word, following in zip(words, [*words[1:], ""], strict=False):
            name, equals, value = word.partition("=")
            if name == "--language" and (chosen := value if equals else following) in LANGUAGES:
                return chosen
    told = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return told[:2].lower() if told[:2].lower() in LANGUAGES else "en"


class _Parser(argparse.ArgumentParser):
    """argparse, which looks up all it says in `gettext`: here in our catalogues. The lookup is the module's, so it is set when one is made."""

    def __init__(self, *, say: Say, **kwargs: object) -> None:
        argparse._ = partial(_worded, say)  # type: ignore[attr-defined]
        super().__init__(**kwargs, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)  # type: ignore[arg-type]
        self._optionals.title, self._positionals.title = say("cli.options"), say("cli.arguments")

    def error(self, sentence: str) -> None:  # type: ignore[override]
        self.exit(2, f"{self.prog}: {sentence}\n")


def _speaking(say: Say) -> type[_Parser]:
    """The parser as a class that is made with argparse's own arguments, as it makes those of its commands."""

    class Speaking(_Parser):
        def __init__(self, **kwargs: object) -> None:
            super().__init__(say=say, **kwargs)

    return Speaking


def _worded(say: Say, text: str) -> str:
    return say(f"cli.{ARGPARSE[text]}") if text in ARGPARSE else text


def parser(language: str) -> argparse.ArgumentParser:
    """The whole command line, speaking `language`."""

    def t(key: str, **values: object) -> str:
        return message(key, language, **values)

    whole = _Parser(say=t, prog="python -m components.cli", description=t("cli.about"), epilog=t("cli.status"))
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_speaking(t))
    _predict(commands.add_parser("predict", help=t("cli.predict"), description=t("cli.predict"), epilog=t("cli.predict_example")), t)
    _train(commands.add_parser("train", help=t("cli.train"), description=t("cli.train"), epilog=t("cli.train_example")), t)
    _serve(commands.add_parser("serve", help=t("cli.serve"), description=t("cli.serve"), epilog=t("cli.serve_example")), t)
    listing = commands.add_parser("models", help=t("cli.models"), description=t("cli.models"))
    listing.add_argument("--json", action="store_true", help=t("cli.models_json"))
    _language(listing, t)
    return whole


def _predict(command: argparse.ArgumentParser, t: Say) -> None:
    command.add_argument("model", metavar="MODEL", help=t("cli.model"))
    command.add_argument("table", metavar="TABLE", help=t("cli.table"))
    command.add_argument("-o", "--output", metavar="FILE", default="-", help=t("cli.output"))
    command.add_argument("--text", metavar="COLUMN", help=t("cli.text"))
    command.add_argument("--question", metavar="COLUMN", help=t("cli.question"))
    command.add_argument("--second", metavar="COLUMN", help=t("cli.second_of_model"))
    command.add_argument("--from", dest="kind", choices=INPUT_KINDS, help=t("cli.from"))
    command.add_argument("--to", dest="to", choices=OUTPUT_KINDS, help=t("cli.to"))
    command.add_argument("--encoding", metavar="NAME", help=t("cli.encoding"))
    command.add_argument("--task", metavar="TASK", help=t("cli.task_of_model"))
    _language(command, t)


def _train(command: argparse.ArgumentParser, t: Say) -> None:
    command.add_argument("table", metavar="TABLE", help=t("cli.table"))
    command.add_argument("-o", "--output", metavar="FOLDER", help=t("cli.output_folder"))
    command.add_argument("--text", metavar="COLUMN", help=t("cli.text"))
    command.add_argument("--label", metavar="COLUMN", action="append", help=t("cli.label"))
    command.add_argument("--second", metavar="COLUMN", help=t("cli.second"))
    command.add_argument("--start", metavar="COLUMN", help=t("cli.start"))
    command.add_argument("--group", metavar="COLUMN", help=t("cli.group"))
    command.add_argument("--task", choices=TASKS, help=t("cli.task"))
    command.add_argument("--language", choices=TEXT_LANGUAGES, help=t("cli.text_language"))
    command.add_argument("--backbone", metavar="MODEL", default="", help=t("cli.backbone"))
    command.add_argument("--how", choices=TUNES, default="all", help=t("cli.how"))
    command.add_argument("--epochs", type=_from(1, 100), metavar="N", help=t("cli.epochs"))
    command.add_argument("--seed", type=_from(0, 2**31 - 1), metavar="N", default=0, help=t("cli.seed"))
    command.add_argument("--name", metavar="NAME", help=t("cli.name"))
    command.add_argument("--from", dest="kind", choices=INPUT_KINDS, help=t("cli.from"))
    command.add_argument("--encoding", metavar="NAME", help=t("cli.encoding"))


def _serve(command: argparse.ArgumentParser, t: Say) -> None:
    command.add_argument("model", metavar="MODEL", help=t("cli.model"))
    command.add_argument("--port", type=_from(0, 65_535), metavar="N", default=8600, help=t("cli.port"))
    command.add_argument("--host", metavar="ADDRESS", default="127.0.0.1", help=t("cli.host"))
    command.add_argument("--token", metavar="TOKEN", default="", help=t("cli.token"))
    command.add_argument("--max-texts", type=_from(1, 10_000), metavar="N", default=64, help=t("cli.max_texts"))
    command.add_argument("--max-characters", type=_from(1, 200_000), metavar="N", default=20_000, help=t("cli.max_characters"))
    command.add_argument("--max-bytes", type=_from(100, 100_000_000), metavar="N", default=2_000_000, help=t("cli.max_bytes"))
    command.add_argument("--max-waiting", type=_from(1, 1_000), metavar="N", default=16, help=t("cli.max_waiting"))
    command.add_argument("--task", metavar="TASK", help=t("cli.task_of_model"))
    _language(command, t)


def _language(command: argparse.ArgumentParser, t: Say) -> None:
    command.add_argument("--language", choices=LANGUAGES, help=t("cli.language"))


def _from(low: int, high: int) -> Callable[[str], int]:
    """A whole number between two."""

    def whole_number(text: str) -> int:
        if not low <= int(text) <= high:
            raise ValueError
        return int(text)

    whole_number.__name__ = f"{low}-{high}"
    return whole_number
