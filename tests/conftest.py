"""Tests never reach for a model hub: what they need is bundled or made on the spot. Nor do they touch the runs of whoever runs them."""

import atexit
import functools
import os
import shutil
import sys
import tempfile

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before a test imports torch; see components/__init__.py

# One folder a process, so that tests side by side don't meet; a training process that a test began doesn't outlive it by much.
os.environ["HIMOTOKU_HOME"] = tempfile.mkdtemp(prefix="himotoku-tests-")
os.environ["HIMOTOKU_LOAD_AHEAD"] = "0"  # each test loads what it asks for
os.environ["HIMOTOKU_WORKER_IDLE_SECONDS"] = "10"
atexit.register(shutil.rmtree, os.environ["HIMOTOKU_HOME"], ignore_errors=True)

# What an example takes says more of the machine than of us: a busy one would fail what is right.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Files that take a minute or more: begun first, where tests run side by side.
LONG = ("test_face", "test_fine_tune", "test_long_sentence", "test_export", "test_plans", "test_fine_tuning", "test_bundled", "test_fine_tune_code",
        "test_code", "test_exercise_loop", "test_masked_lm", "test_runs", "test_replaced_models")  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.stem not in LONG)


def pytest_collection_finish() -> None:
    """Streamlit's AppTest reads the metadata of every installed package for each new page: half a second of processor time. Here they are read once."""
    if "streamlit.testing.v1" in sys.modules:
        from streamlit.components.v2 import manifest_scanner

        manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)
