"""Attention in a trained BERT."""
