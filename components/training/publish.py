"""A run's model to a repository of the Hugging Face Hub, with a token that whoever publishes has typed.

The token is an argument of one thread: no file, no log, no session and no result has it, and it is gone when the thread ends.
"""

import io
import logging
import re
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from components.errors import TrainingError, UserError
from components.models.files import HUB_ID
from components.models.hub import quiet_libraries

log = logging.getLogger("himotoku")

TOKEN = re.compile(r"[\x21-\x7e]{1,200}")
ANSWER_SECONDS = 20.0  # until the Hub must have said whose the token is
MOST_SECONDS = 3_600.0  # of the whole upload
MOST_AT_ONCE = 3  # of all visitors
STAGES = ("check", "make", "send", "done")

_AT_ONCE = threading.BoundedSemaphore(MOST_AT_ONCE)


class Push:
    """An upload that has begun. stage: one of STAGES; sent, total: bytes; problem: why it ended, None while it goes on and where it is done;
    address: of the repository, "" until it is there."""

    def __init__(self, repository: str, total: int) -> None:
        self.repository, self.total = repository, total
        self.stage, self.sent, self.address = STAGES[0], 0, ""
        self.problem: UserError | None = None
        self._begun = time.monotonic()

    @classmethod
    def refused(cls, repository: str, problem: UserError) -> "Push":
        """One that could not begin."""
        made = cls(repository, 0)
        made.problem = type(problem)(problem.key, **problem.values)  # the one that was raised knows the frames that it came through
        return made

    @property
    def ended(self) -> bool:
        if self.problem is None and self.stage != "done":
            waited = time.monotonic() - self._begun
            if waited > (ANSWER_SECONDS if self.stage == "check" else MOST_SECONDS):
                self.problem = TrainingError("training.hub-unreachable")
        return self.problem is not None or self.stage == "done"


def push(files: Mapping[str, Path | bytes], repository: str, token: str, private: bool = True, update: bool = False) -> Push:
    """Begins to upload `files` (name -> file or content). update: into a repository that is there already.

    Raises TrainingError for a name or a token that can't be one, where the host has no network, or where too many upload.
    """
    repository, token = checked_name(repository), token.strip()
    if not TOKEN.fullmatch(token):
        raise TrainingError("training.hub-token")
    quiet_libraries()
    from huggingface_hub import constants

    if constants.is_offline_mode():
        raise TrainingError("training.hub-offline")
    if not _AT_ONCE.acquire(blocking=False):
        raise TrainingError("training.hub-busy")
    total = sum(len(content) if isinstance(content, bytes) else content.stat().st_size for content in files.values())
    begun = Push(repository, total)
    threading.Thread(target=_run, args=(begun, dict(files), token, private, update), daemon=True, name="push to the Hub").start()
    return begun


def checked_name(repository: str) -> str:
    """Trimmed "name" or "owner/name". Raises TrainingError for what the Hub would not take."""
    name = repository.strip()
    if not HUB_ID.fullmatch(name) or any(part in name for part in ("..", "--")) or re.search(r"[.-](/|$)|\.git$", name):
        raise TrainingError("training.hub-name")
    return name


def _run(begun: Push, files: dict[str, Path | bytes], token: str, private: bool, update: bool) -> None:
    try:
        _send(begun, files, token, private, update)
    except Exception as problem:  # whatever the client raises, the page must have a sentence
        begun.problem = begun.problem or _worded(problem, begun.repository)
    finally:
        _AT_ONCE.release()


def _send(begun: Push, files: dict[str, Path | bytes], token: str, private: bool, update: bool) -> None:
    from huggingface_hub import CommitOperationAdd, HfApi

    api = HfApi(token=token)
    owner = str(api.whoami()["name"])
    if begun.ended:  # nobody waits for it any more
        return
    begun.stage = "make"
    if "/" not in begun.repository:
        begun.repository = f"{owner}/{begun.repository}"
    api.create_repo(begun.repository, private=private, exist_ok=update)
    begun.stage = "send"
    operations: list[Any] = []
    for name, content in files.items():
        if begun.ended:
            return
        added = CommitOperationAdd(name, io.BytesIO(content) if isinstance(content, bytes) else content)
        if isinstance(content, Path) and content.suffix in (".safetensors", ".onnx"):
            api.preupload_lfs_files(begun.repository, [added])
            begun.sent += content.stat().st_size
        operations.append(added)
    api.create_commit(begun.repository, operations, commit_message="Model trained with Himotoku")
    begun.sent = begun.total
    begun.address = f"{api.endpoint}/{begun.repository}"
    begun.stage = "done"


def _worded(problem: BaseException, repository: str) -> UserError:
    """The sentence for what the Hub's client raised."""
    from huggingface_hub import errors

    if isinstance(problem, errors.OfflineModeIsEnabled):
        return TrainingError("training.hub-offline")
    response = getattr(problem, "response", None)
    status = getattr(response, "status_code", None)
    known = {401: "hub-token", 403: "hub-rights", 409: "hub-taken"}
    if status in known:
        return TrainingError(f"training.{known[status]}", id=repository)
    if status is not None:
        return TrainingError("training.hub-refused", status=status)
    if isinstance(problem, OSError) or type(problem).__module__.startswith(("httpx", "httpcore")):
        return TrainingError("training.hub-unreachable")
    log.error("an upload to the Hub failed: %s", type(problem).__name__)  # no more: what the client says may show the request
    return TrainingError("training.hub-refused", status=type(problem).__name__)
