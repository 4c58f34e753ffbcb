"""A file becomes rows, and rows a file: encodings, delimiters, sheets, columns, with every row accounted for."""
