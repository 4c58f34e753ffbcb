"""What is installed is what the requirements say, and nothing of several gigabytes came along."""

import re
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(sys.platform != "linux", reason="the CUDA build is the Linux wheel's")
def test_no_cuda_package_is_installed():
    assert not [package.name for package in distributions() if package.name and package.name.lower().startswith(("nvidia-", "triton"))]


def test_every_requirement_is_pinned():
    lines = (ROOT / "requirements.txt").read_text().splitlines() + (ROOT / "requirements-dev.txt").read_text().splitlines()
    loose = [line for line in lines if line and not line.startswith(("#", "-r ")) and not re.fullmatch(r"[A-Za-z0-9._-]+==[\w.]+", line)]
    assert not loose
