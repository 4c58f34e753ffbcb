"""A run that is killed goes on as if nothing had happened."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from recipes.trainer import train

ROOT = Path(__file__).resolve().parents[3]
RUN = """
import sys
from pathlib import Path
import torch
from torch import nn
from recipes.trainer import train

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 1))
data = torch.randn(40, 4)

def loss(step):
    print(step, flush=True)
    return {"loss": model(data[step : step + 3]).square().mean()}

train(model, loss, Path(sys.argv[1]), learning_rate=0.01, steps=30, warmup=5, save_every=0.0)
torch.save([p.data for p in model.parameters()], sys.argv[2])
"""


def run(*paths) -> subprocess.Popen:
    command = [sys.executable, "-c", RUN, *map(str, paths)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})


def test_a_killed_run_ends_like_one_that_was_not(tmp_path):
    whole = run(tmp_path / "whole.pt", tmp_path / "whole-parameters.pt")
    killed = run(tmp_path / "killed.pt", tmp_path / "killed-parameters.pt")
    while killed.stdout.readline().strip() != "17":
        pass
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert not (tmp_path / "killed-parameters.pt").exists()
    resumed = run(tmp_path / "killed.pt", tmp_path / "killed-parameters.pt")
    steps = resumed.communicate()[0].split()
    whole.communicate()
    assert 16 <= int(steps[0]) <= 19, "it goes on where it was killed"
    expected, found = (torch.load(tmp_path / f"{name}-parameters.pt") for name in ("whole", "killed"))
    assert all(torch.equal(a, b) for a, b in zip(expected, found, strict=True))


def line(**arguments) -> tuple[nn.Linear, list[float]]:
    torch.manual_seed(1)
    model, seen = nn.Linear(2, 1), []

    def loss(step):
        seen.append(step)
        return {"loss": model(torch.ones(1, 2) * (step + 1)).square().sum()}

    train(model, loss, learning_rate=0.1, warmup=2, **arguments)
    return model, seen


def test_a_finished_run_is_not_run_again(tmp_path):
    _, first = line(checkpoint=tmp_path / "c.pt", steps=4)
    _, again = line(checkpoint=tmp_path / "c.pt", steps=4)
    assert first == [0, 1, 2, 3]
    assert again == []


def test_time_ends_a_run_too(tmp_path):
    _, seen = line(checkpoint=tmp_path / "c.pt", seconds=0.05)
    assert seen == list(range(len(seen)))
    assert seen


def test_frozen_parameters_stay_and_the_rate_of_a_named_part_is_its_own(tmp_path):
    torch.manual_seed(0)
    model = nn.ModuleDict({"slow": nn.Linear(2, 1), "fast": nn.Linear(2, 1), "frozen": nn.Linear(2, 1)})
    model["frozen"].requires_grad_(False)
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}

    def loss(_):
        return {"loss": sum(part(torch.ones(1, 2)).sum() for part in model.values())}

    train(model, loss, tmp_path / "c.pt", learning_rate=1e-4, steps=1, warmup=1, faster={"fast": 10.0})
    moved = {name: (parameter - before[name]).abs().max().item() for name, parameter in model.named_parameters()}
    assert moved["frozen.bias"] == 0
    assert moved["fast.bias"] == pytest.approx(10 * moved["slow.bias"], rel=1e-3)


def test_steps_or_seconds_not_both(tmp_path):
    with pytest.raises(ValueError, match="either"):
        line(checkpoint=tmp_path / "c.pt", steps=1, seconds=1.0)
