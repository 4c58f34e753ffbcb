import pytest

from components.ui.state import measuring


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
