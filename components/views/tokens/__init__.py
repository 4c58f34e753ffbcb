"""Tokens and model input."""
