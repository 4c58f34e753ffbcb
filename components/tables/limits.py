"""How much of a file is read. The host's memory is shared by all visitors, so every size has an end."""

MAX_BYTES = 200 * 1024 * 1024  # of the uploaded file
MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
MAX_CELLS = 20_000_000  # rows x columns: the frame spends 8 bytes on a cell beside its text
MAX_CELL = 1_000_000  # characters in one cell
MAX_LINES = 20 * MAX_ROWS  # physical lines; a cell may hold many
MAX_PROBLEMS = 10_000  # listed one by one; more are only counted
LINE_REPORT = 1_000  # broken rows before a header that are put up with
MAX_SHEET_BYTES = 800 * 1024 * 1024  # an XLSX file unzipped
MAX_SHEET_RATIO = 200  # unzipped / zipped; real sheets stay under about 40
