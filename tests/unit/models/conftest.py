"""What several tests of models share."""

import pytest

from components.models import bundled, load

GAPS = {"en": "The first world war began in 1914 and the second world [MASK] in 1939.", "ja": "彼は作家として多くの[MASK]を発表した。"}


@pytest.fixture(params=list(GAPS))
def masked(request):
    """(the bundled masked language model, a sentence of its language with a gap), for both languages."""
    return load(bundled.models_for(request.param).masked_lm, "masked_lm"), GAPS[request.param]
