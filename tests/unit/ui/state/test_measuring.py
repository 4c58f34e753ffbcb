import pytest

from components.charts.numbers import tiny
from components.ui.state import measuring
from components.views.positional.page import latex


def test_a_measurement_that_stops_gives_the_machine_free(monkeypatch):
    monkeypatch.setattr(measuring.st, "progress", lambda *_: type("Bar", (), {"progress": lambda *_: None})())
    monkeypatch.setattr(measuring.st, "button", lambda *_, **__: False)
    monkeypatch.setattr(measuring, "t", lambda *_, **__: "")

    def stopped():
        yield 1
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measuring._run(stopped, "key", 2)
    assert not measuring._MACHINE.locked()
    assert measuring._run(lambda: iter((1, 2)), "key", 2) == [1, 2]
    with measuring._MACHINE, pytest.raises(measuring.BusyError):
        measuring._run(lambda: iter(()), "key", 1)


def test_rounding_errors_are_written_as_they_are():
    assert tiny(0.0) == "0"
    assert tiny(1.04e-14) == "1.0×10⁻¹⁴"
    assert tiny(1.084) == "1.08"
    assert latex(5.77e-4) == r"5.77\times 10^{-4}"
    assert latex(-0.5) == "-0.500"
