"""The parts of Transformer Lab, in floors: an import goes down, never up or around (see pyproject.toml)."""
