"""My models: every run of this visitor, to try, to compare, to use."""

from components.ui import footer, guarded, header
from components.views.runs.list import STYLE, show_comparison, show_runs, visitors_runs
from components.views.runs.pictures import style
from components.views.runs.starts import go_to_begun, show_starts

header("my_models")
style(STYLE)
with guarded():
    go_to_begun()
    runs = visitors_runs()
    if runs:
        show_runs(runs)
        show_comparison(runs)
    else:
        show_starts()
footer("my_models")
