"""A second model beside the first: where it cannot be had, that is said and the first one's answer stays."""

import pytest

from tests.pages.conftest import plain

SECOND = {
    "classification": "cls_other",
    "entities": "ner_other",
    "question_answering": "qa_other",
    "masked_lm": "mlm_second",
}


def shown(app) -> list[str]:
    """What stands on the page beneath its menus, without the banners."""
    return [one.value for one in app.markdown] + [one.value.to_csv() for one in app.dataframe]


@pytest.mark.parametrize("name", SECOND)
def test_a_second_model_that_is_missing_is_said_and_the_first_answers(visit_page, tmp_path, monkeypatch, name, language):
    monkeypatch.setenv("HIMOTOKU_LOCAL_MODELS", "1")
    missing = str(tmp_path / "none")
    app = visit_page(name, language, **{SECOND[name]: missing})
    assert not app.exception and len(app.error) == 1 and missing in plain(app.error[0].value)
    assert shown(app) == shown(visit_page(name, language))
