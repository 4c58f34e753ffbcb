"""How each bundled model was trained and scored.

``python -m recipes <id> --data DIR --work DIR`` makes one model, ``python -m recipes evaluate`` scores all of them.
Nothing in the app imports this package.
"""
