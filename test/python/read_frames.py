"""Prints what pyarrow and DuckDB see in an Arrow file and a Parquet file, as JSON."""

import json
import sys

import duckdb
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet


def seen(table):
    table.validate(full=True)
    return {
        "types": {field.name: str(field.type) for field in table.schema},
        "rows": [list(row.values()) for row in table.to_pylist()],
    }


arrow_file, parquet_file = sys.argv[1:]
arrow = pyarrow.ipc.open_file(arrow_file).read_all()
question = """
    select symbol, count(*) as bars, count(volume) as volumes, max(epoch_ms(timestamp)) as latest, sum(close) as closes
    from {} group by symbol order by symbol"""
print(
    json.dumps(
        {
            "arrow": seen(arrow),
            "feather": pyarrow.feather.read_table(arrow_file).equals(arrow),
            "parquet": seen(pyarrow.parquet.read_table(parquet_file)),
            # DuckDB finds the table by the name of the variable.
            "duckdb": [duckdb.sql(question.format(each)).fetchall() for each in ("arrow", f"'{parquet_file}'")],
        },
        default=lambda time: time.isoformat(),
    )
)
