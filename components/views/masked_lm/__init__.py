"""Masked words and next sentence."""
