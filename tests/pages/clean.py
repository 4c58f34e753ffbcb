"""Code as a visitor runs it: in a process of its own, started in the project's folder, without a network."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# One process for many pieces of code, each with names of its own: the libraries are imported once.
RUNNER = """
import contextlib, io, json, os, socket, sys, traceback

def refuse(*_):
    raise OSError("there is no network here")

socket.socket.connect = socket.socket.connect_ex = socket.create_connection = refuse
for line in sys.stdin:
    job, names, error, values = json.loads(line), {"__name__": "__main__"}, "", []
    os.chdir(job["folder"])
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.redirect_stderr(io.StringIO()):
        try:
            exec(compile(job["code"], "snippet.py", "exec"), names)
            values = [eval(expression, names) for expression in job["expressions"]]
            values = [value.tolist() if hasattr(value, "tolist") else value for value in values]
        except BaseException:
            error = traceback.format_exc()
    print(json.dumps({"error": error, "values": values, "printed": printed.getvalue()}))
"""


@dataclass(frozen=True)
class Job:
    """Some code, the expressions whose values are wanted when it is done, and where it is run: by default in the project's folder."""

    code: str
    expressions: Sequence[str] = ()
    folder: Path = ROOT


@dataclass(frozen=True)
class Ran:
    """What became of a job: a traceback or "", the values of its expressions, and what it printed."""

    error: str
    values: Mapping[str, object]
    printed: str


def run_clean(jobs: Sequence[Job], timeout: float = 1200) -> list[Ran]:
    """Runs the jobs one after the other in one new process, each in its folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "HIMOTOKU", "HF_"))}
    environment = kept | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    lines = "".join(json.dumps({"code": job.code, "expressions": list(job.expressions), "folder": str(job.folder)}) + "\n" for job in jobs)
    done = subprocess.run(
        [sys.executable, "-c", RUNNER], input=lines, cwd=jobs[0].folder, env=environment, capture_output=True, text=True, timeout=timeout
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return [
        Ran(one["error"], dict(zip(job.expressions, one["values"], strict=False)), one["printed"])
        for job, one in zip(jobs, found, strict=True)
    ]
