"""The decoder: attention that looks back, and its parts then and now."""
