"""The command line, `python -m components.cli`: what the pages do with a model, for scripts and other programs. Knows no Streamlit.

Exit status: 0 done, 1 failed (one sentence on standard error), 2 wrong usage, 130 interrupted.
"""
