"""Models from the Hugging Face Hub: what lies in the cache first, the network second, and an answer within 3 s when nobody is there.

Only safetensors weights, never pickles, never code from the repository. The host limits the size (`settings.max_model_bytes`).
"""

import errno
import json
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from components.errors import ModelError
from components.settings import MEGABYTE, hub_cache_bytes, hub_models, max_model_bytes

WEIGHTS = "*.safetensors"
NEEDED = (WEIGHTS, "*.json", "*.txt", "*.model", "README.md")
UNNEEDED = ("onnx/*", "openvino/*", "coreml/*", "checkpoint-*/*", "runs/*")
# An unreachable Hub would otherwise hold the visitor for 46 s (retries and back-off of the client).
DEADLINE_SECONDS = 2.0
_DOWNLOADS = threading.Lock()  # one at a time: together they must stay within the disk that the host allows


def quiet_libraries() -> None:
    """Settings that the Hub client and transformers read when they are first imported."""
    os.environ.setdefault("DISABLE_SAFETENSORS_CONVERSION", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def fetch(repo: str, revision: str | None = None, progress: Callable[[str], None] | None = None) -> Path:
    """The folder with the files of Hub model `repo` ("owner/name"), downloaded if it is not in the cache.

    Raises ModelError: missing, gated, pickles only, too large, unreachable, refused by the Hub, or no disk left.
    """
    folder = cached(repo, revision)
    if folder is not None:
        return folder
    info = _ask(repo, revision)
    from huggingface_hub.utils import filter_repo_objects

    names = [sibling.rfilename for sibling in info.siblings or []]
    weights = [sibling for sibling in info.siblings or [] if sibling.rfilename.endswith(".safetensors") and "/" not in sibling.rfilename]
    if not weights:
        pickled = any(name.endswith((".bin", ".pt", ".ckpt")) for name in names)
        raise ModelError("models.pickle_only" if pickled else "models.no_weights", id=repo)
    wanted = set(filter_repo_objects(names, allow_patterns=list(NEEDED), ignore_patterns=list(UNNEEDED)))
    size = sum(sibling.size or 0 for sibling in info.siblings if sibling.rfilename in wanted)
    refuse_too_large(repo, size)
    if progress:
        progress("models.stage_download")
    with _DOWNLOADS:
        make_room(repo, size)
        return _download(repo, revision)


def make_room(repo: str, size: int) -> None:
    """Deletes the models that were asked for longest ago until `size` bytes more stay within what the host allows. Raises ModelError where
    they can't."""
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    held, most = 0, hub_cache_bytes()
    with suppress(CacheNotFound):
        cache = scan_cache_dir()
        held = cache.size_on_disk
        for old in sorted(cache.repos, key=lambda one: one.last_accessed):
            if held + size > most and size <= most and old.repo_id != repo:
                cache.delete_revisions(*(revision.commit_hash for revision in old.revisions)).execute()
                held -= old.size_on_disk
    if held + size > most:
        raise ModelError("models.too_large", id=repo, size=round(size / MEGABYTE), limit=most // MEGABYTE)


def token_for(repo: str) -> bool | None:
    """The host's Hub token (None: the client's own way of finding it) for the models that the host lists, no token for any other: what only the
    host may read is not every visitor's."""
    return None if repo in hub_models() else False


def refuse_too_large(id: str, size: int) -> None:
    """Raises ModelError when `size` bytes of files are more than the host allows."""
    if size > max_model_bytes():
        raise ModelError("models.too_large", id=id, size=round(size / MEGABYTE), limit=max_model_bytes() // MEGABYTE)


def cached(repo: str, revision: str | None = None) -> Path | None:
    """The snapshot folder of `repo` in the Hub client's cache, or None when it is not there with configuration and all its weights."""
    quiet_libraries()
    from huggingface_hub import try_to_load_from_cache

    config = try_to_load_from_cache(repo, "config.json", revision=revision)
    if not isinstance(config, str):
        return None
    folder = Path(config).parent
    index = folder / "model.safetensors.index.json"
    if index.exists():
        shards = set(json.loads(index.read_text())["weight_map"].values())
        return folder if all((folder / shard).exists() for shard in shards) else None
    return folder if any(folder.glob(WEIGHTS)) else None


def _ask(repo: str, revision: str | None) -> Any:
    """What the Hub says about `repo`, within the deadline."""
    quiet_libraries()
    from huggingface_hub import HfApi

    answer: list[Any] = []

    def ask() -> None:
        try:
            answer.append(HfApi().model_info(repo, revision=revision, token=token_for(repo), files_metadata=True, timeout=DEADLINE_SECONDS))
        except Exception as problem:
            answer.append(problem)

    # A thread, because looking up a host name has no timeout of its own. It is a daemon: nobody waits for it at exit.
    thread = threading.Thread(target=ask, daemon=True, name=f"hub {repo}")
    thread.start()
    thread.join(DEADLINE_SECONDS)
    if not answer:
        raise ModelError("models.unreachable", id=repo)
    if isinstance(answer[0], Exception):
        raise _worded(answer[0], repo) from answer[0]
    return answer[0]


def _download(repo: str, revision: str | None) -> Path:
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(
                repo, revision=revision, token=token_for(repo), allow_patterns=list(NEEDED), ignore_patterns=list(UNNEEDED), max_workers=2
            )
        )
    except Exception as problem:
        raise _worded(problem, repo) from problem


def _worded(problem: BaseException, repo: str) -> Exception:
    """The ModelError for what the Hub client raised; anything that is not about the Hub comes back as it is."""
    from huggingface_hub import errors

    chain: list[BaseException] = []
    link: BaseException | None = problem
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__

    def has(*kinds: type) -> bool:
        return any(isinstance(raised, kinds) for raised in chain)

    if has(errors.GatedRepoError):
        return ModelError("models.gated", id=repo)
    if has(errors.RepositoryNotFoundError, errors.HFValidationError):
        return ModelError("models.missing", id=repo)
    if has(errors.RevisionNotFoundError):
        return ModelError("models.missing", id=repo)
    if any(isinstance(raised, OSError) and raised.errno == errno.ENOSPC for raised in chain):
        return ModelError("models.disk_full", id=repo)
    refusals = [raised.response for raised in chain if isinstance(raised, errors.HfHubHTTPError) and raised.response is not None]
    status = refusals[0].status_code if refusals else None
    if status in (401, 403):
        return ModelError("models.gated", id=repo)
    if status is not None:
        return ModelError("models.hub_refused", id=repo, status=status)
    if has(OSError) or any(type(raised).__module__.startswith(("httpx", "httpcore")) for raised in chain):
        return ModelError("models.unreachable", id=repo)
    return problem if isinstance(problem, Exception) else RuntimeError(str(problem))
