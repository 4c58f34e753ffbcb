"""A rerun computes what changed and nothing else: models are called for a text, never for a control that doesn't concern them."""

import pytest
from torch.nn.modules.module import register_module_forward_pre_hook
from transformers import PreTrainedModel

from components.models.packed import Packed
from tests.pages.conftest import assert_well


@pytest.fixture
def calls():
    """The encoders that ran since it was last emptied, by name; those of other tests' results are in nobody's session."""
    found: list[str] = []

    def note(module, _inputs) -> None:
        if isinstance(module, Packed | PreTrainedModel):
            found.append(type(module).__name__)

    handle = register_module_forward_pre_hook(note)
    yield found
    handle.remove()


def choose(kind: str, key: str, value: object):
    return lambda app: getattr(app, kind)(key=key).set_value(value)


# Page, address, a text of the test's own (no other test's is kept for it), and the controls, one after the other.
CASES = [
    ("classification", {"cls_text": "Four calls were too many for this fine film."}, []),
    ("entities", {"ner_text": "Four calls reached Ada Lovelace in London."}, []),
    ("question_answering", {"qa_question": "Who called?", "qa_context": "Ada called four times before the model slept."},
     [choose("number_input", "qa_k", 2), choose("slider", "qa_strictness", 1.0)]),
    ("masked_lm", {"mlm_fill": "Four calls were too [MASK] for it."}, [choose("number_input", "mlm_k", 5)]),
    ("similarity", {"sim_text": "Four calls were made before the match."}, []),
    ("bert_attention", {"ba_text": "Four calls woke the cat."},
     [choose("selectbox", "ba_layer", 2), choose("selectbox", "ba_head", 3), choose("segmented_control", "ba_view", "matrix"),
      choose("toggle", "ba_hide", True)]),
    ("feed_forward", {"ff_text": "Four calls woke the cat."}, []),
]  # fmt: skip


@pytest.mark.parametrize(("page", "address", "controls"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_no_model_is_called_for_what_does_not_concern_it(open_page, calls, page, address, controls):
    app = open_page(page, "en", **address)
    assert calls, "the counter counts nothing"
    for number, change in enumerate([lambda app: None, *controls]):
        calls.clear()
        change(app)
        app.run()
        assert_well(app)
        assert not calls, f"control {number}: {calls}"
