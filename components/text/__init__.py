"""Words, tokens and their characters, in Japanese and in languages that are written with spaces."""
