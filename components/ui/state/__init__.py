"""What outlives a rerun: language, visitor, runs, names of keys, results that are kept."""
