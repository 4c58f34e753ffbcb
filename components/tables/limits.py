"""How much of a file is read. The host's memory is shared by all visitors, so every size has an end."""

MAX_BYTES = 200 * 1024 * 1024  # of the uploaded file
MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
MAX_CELLS = 20_000_000  # rows x columns: the frame spends 8 bytes on a cell beside its text
MAX_CELL = 1_000_000  # characters in one cell
MAX_LINES = 20 * MAX_ROWS  # physical lines; a cell may hold many
MAX_PROBLEMS = 10_000  # listed one by one; more are only counted
LINE_REPORT = 1_000  # broken rows before a header that are put up with
SHEET_ROWS = 1_048_576  # of a sheet in Excel itself
MAX_SHEET_BYTES = 800 * 1024 * 1024  # an XLSX file unzipped
MAX_SHEET_ELEMENTS = 300_000  # XML elements of its strings and cells, and for each byte of the file ...
SHEET_ELEMENTS_PER_BYTE = 4  # ... so many more: a real workbook has about one
MAX_SHEET_ROW_ELEMENTS = 200_000  # of one row: Excel's 16,384 cells, each with text in several runs
MAX_SHEET_ROW_BYTES = 16_000_000  # of one row, and between the rows together
MAX_SHEET_RUN = 1_000_000  # bytes without an element; a cell holds 32,767 characters in Excel
MAX_SHEET_PART = 20_000_000  # bytes of a part that is built whole (styles, the list of sheets) ...
MAX_SHEET_PART_ELEMENTS = 100_000  # ... and elements of all these; openpyxl spends 16 microseconds on a font
MAX_SHEET_RATIO = 200  # unzipped / zipped; real sheets stay under about 40
MAX_JSON_MARKS = 6_000_000  # brackets, braces and commas of a JSON file that is no lines: each stands for an object of some 70 bytes
MAX_PACKED_FILES = 1_000  # in a zip archive
MAX_PACKED_RATIO = 200  # unpacked / packed, once it is more than ...
SMALL_UNPACKED = 20_000_000  # ... so many bytes
MAX_PAGE = 30_000_000  # characters of a web page
