"""The first visitors of a fresh server, all at once: nobody's import of transformers spoils another's, or all later ones."""

import subprocess
import sys

import pytest

from components.models import files

FIRST = """
import random, sys, threading
sys.setswitchinterval(1e-5)  # threads take turns in the middle of everything
from components.models import load

def opened():
    from components.models.encoder import LoadedEncoder
    load("embed-en", "encoder")

def split():
    from components.models.tokenizers import load_tokenizer
    load_tokenizer("backbone-ja")

ways = [opened, split, *(lambda id=id: load(id) for id in ("sentiment-ja", "embed-ja", "mlm-en", "ner-ja"))]
random.Random(int(sys.argv[1])).shuffle(ways)
together, failed = threading.Barrier(len(ways)), []

def come(way):
    together.wait()
    try:
        way()
    except BaseException as problem:
        failed.append(problem)

threads = [threading.Thread(target=come, args=(way,)) for way in ways]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.exit("; ".join(map(str, failed)) or 0)
"""


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("order", [5, 9])
def test_visitors_who_come_at_once_all_get_their_models(order):
    done = subprocess.run([sys.executable, "-c", FIRST, str(order)], capture_output=True, text=True, cwd=files.ROOT, check=False)
    assert done.returncode == 0, done.stderr[-1000:]
