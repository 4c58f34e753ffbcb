"""transformers, imported by one thread.

While it is imported it puts another module in its own place. A thread that asks for it in that moment keeps the first one, which has no models,
until the process ends. So whoever needs transformers, or a library that imports it, imports this module first: Python lets one thread through
and has the others wait.

The libraries' objects, some two hundred thousand, stay until the process ends. They are taken out of the collector's sight, which would hold all
threads each time it goes through them.
"""

import gc
import sys
from typing import TYPE_CHECKING

import transformers as _first

if TYPE_CHECKING:
    import transformers
else:
    transformers = sys.modules["transformers"]

gc.collect()
gc.freeze()
assert _first.__name__ == transformers.__name__
__all__ = ["transformers"]
