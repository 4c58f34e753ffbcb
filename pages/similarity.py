"""Similarity."""

from components.ui import header

header("similarity")
