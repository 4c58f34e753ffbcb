"""My models: every run of this visitor."""

from components.ui import footer, guarded, header
from components.views.runs.list import show_comparison, show_runs

header("my_models")
with guarded():
    show_runs()
    show_comparison()
footer("my_models")
