"""Vectors and what is asked of them: pairs, groups, maps, search."""
