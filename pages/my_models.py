"""My models: every run of this visitor."""

from components.ui import footer, guarded, header
from components.ui.views.run_list import show_comparison, show_runs

header("my_models")
with guarded():
    show_runs()
    show_comparison()
footer("my_models")
