"""What running each page again costs the server, in time and in bytes that it sends, for two trees of this project by turns:

    git worktree add ../before COMMIT && python -m benchmarks.reruns ../before [rounds [page ...]]

A run in a session that has seen the page before, with the same settings: what every click costs at least.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.sessions import PAGES, Visitor
from tests.browser.conftest import ROOT, free_port, wait_until_served


def serve(tree: Path, stack: ExitStack) -> int:
    """Starts the app of `tree` until the stack ends; its port."""
    port, home = free_port(), Path(tempfile.mkdtemp(prefix="himotoku-reruns-"))
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    environment = os.environ | {"HIMOTOKU_HOME": str(home), "HIMOTOKU_LOAD_AHEAD": "0", "HF_HUB_OFFLINE": "1", "PYTHONPATH": ""}
    log = stack.enter_context((home / "log").open("w"))
    server = stack.enter_context(subprocess.Popen(command, cwd=tree, env=environment, stdout=log, stderr=log))
    stack.callback(server.terminate)
    wait_until_served(f"http://127.0.0.1:{port}", server, home / "log")
    return port


def main() -> None:
    before, rounds = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 9
    with ExitStack() as stack:
        visitors = [Visitor(serve(tree, stack), number) for number, tree in enumerate((before, ROOT))]
        print(f"{'page':20} {'before':>9} {'now':>9} {'ratio':>6}   {'kB before':>9} {'now':>9}")
        for page in sys.argv[3:] or [*PAGES, "feed_forward", "fine_tune"]:
            seconds: list[list[float]] = [[], []]
            sent: list[list[int]] = [[], []]
            for turn in range(rounds + 2):
                for side, visitor in enumerate(visitors):
                    took, failed = visitor.ask(page, {"lang": "ja"})
                    assert not failed, failed
                    if turn > 1:  # the first load libraries and models
                        seconds[side].append(took)
                        sent[side].append(visitor.received)
            old, new = (statistics.median(one) for one in seconds)
            print(f"{page:20} {1000 * old:6.0f} ms {1000 * new:6.0f} ms {new / old:6.2f}   "
                  f"{statistics.median(sent[0]) / 1000:9.0f} {statistics.median(sent[1]) / 1000:9.0f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
