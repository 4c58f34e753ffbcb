"""From the words of a command line to a command, and from whatever happens to an exit status."""

import logging
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module

from components.cli.arguments import parser, spoken_language
from components.errors import UserError
from components.messages import message

DONE, FAILED, INTERRUPTED = 0, 1, 130


def main(arguments: Sequence[str]) -> int:
    """Runs the command that `arguments` name and gives its exit status. Wrong usage ends the process by itself, with 2."""
    language = spoken_language(arguments)
    options = parser(language).parse_args(arguments)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    warnings.showwarning = _silent
    logging.getLogger("himotoku").addHandler(logging.NullHandler())
    try:
        import_module(f"components.cli.{options.command}").run(options, language)
        sys.stdout.flush()
    except UserError as error:
        return _failed(error.in_language(language))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `| head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except MemoryError:
        return _failed(message("cli.memory", language))
    except OSError as error:
        return _failed(message("cli.file", language, file=error.filename or "?", why=error.strerror or str(error)))
    return DONE


def _silent(*_: object, **__: object) -> None:
    """Libraries warn those who develop with them, under filters of their own."""


def _failed(sentence: str) -> int:
    print(" ".join(sentence.split()), file=sys.stderr)
    return FAILED
