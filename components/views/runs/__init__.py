"""Fine-tuning and My models: a run from its file to its model."""
