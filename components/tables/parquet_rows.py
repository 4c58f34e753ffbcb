"""Parquet files (Apache Parquet, read by pyarrow) as tables of text: sizes are checked before rows are built, and nothing is unpickled."""

import io
import json
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from components.errors import TableError
from components.tables.builder import Builder, column_names, line_trouble
from components.tables.limits import MAX_BYTES, MAX_COLUMNS
from components.tables.rows import Body, body_of
from components.tables.sheet import cell_text

PARQUET = b"PAR1"
BATCH = 2_000


def read_parquet(data: bytes) -> Body:
    """The table of a Parquet file; a list or a structure in a cell as JSON. Raises TableError where it is damaged or too large."""
    try:
        file = pq.ParquetFile(io.BytesIO(data), read_dictionary=_text_columns(data))
        names, renamed = column_names([str(name) for name in file.schema_arrow.names])
        build = Builder(names)
        size = 0
        for batch in file.iter_batches(batch_size=BATCH):
            size += _size(batch)
            if size > MAX_BYTES:
                raise TableError("training.file-too-large", size=round(size / 1e6), limit=round(MAX_BYTES / 1e6))
            if not _take(build, batch):
                break
    except TableError:
        raise
    except Exception as error:  # a damaged file makes pyarrow raise almost anything: ArrowInvalid, OSError, ValueError ...
        raise TableError("training.parquet-damaged") from error
    return body_of(build, renamed)


def _text_columns(data: bytes) -> list[str]:
    """Columns of text, which stay as numbers into a dictionary until their sizes are known."""
    schema = pq.read_schema(io.BytesIO(data))
    if len(schema) > MAX_COLUMNS:
        raise TableError("training.too-many-columns", found=len(schema), limit=MAX_COLUMNS)
    return [column.name for column in schema if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)]


def _size(batch: pa.RecordBatch) -> int:
    """Bytes of the batch's cells once they are written out."""
    size = int(batch.num_rows) * int(batch.num_columns)
    for column in batch.columns:
        if pa.types.is_dictionary(column.type):
            lengths = pc.take(pc.binary_length(column.dictionary), column.indices)
            size += int(pc.sum(lengths).as_py() or 0)
        else:
            size += int(column.nbytes)
    return size


def _take(build: Builder, batch: pa.RecordBatch) -> bool:
    """Adds the rows; whether there is room for more."""
    for cells in _rows(batch):
        number = build.rows + build.counts.total() + 1
        if build.full:
            build.stop_at(number)
            return False
        trouble = next((trouble for cell in cells if (trouble := line_trouble(cell, number))), None)
        if trouble is None:
            build.add(number, cells)
        elif build.skip(trouble):
            return False
    return True


def _rows(batch: pa.RecordBatch) -> Iterator[list[str]]:
    columns = [[_cell(value) for value in column.to_pylist()] for column in batch.columns]
    yield from map(list, zip(*columns, strict=True))


def _cell(value: object) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return cell_text(value)
