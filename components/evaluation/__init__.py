"""What a model found beside what was wanted: judgements by task, their measures, intervals and thresholds."""
