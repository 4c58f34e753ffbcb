"""Similarity and embeddings."""
