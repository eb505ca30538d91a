"""Whether DuckDB, pandas, Polars, Spark and Superset read the same from a dataset and from its exports.

Each reads every table: through the plain glob, and as a single file that `onrecord export` writes (Parquet; for
DuckDB and Superset, .duckdb). Compared are row counts, and of every column its non-nulls, and its
sum, total length, or first and last time.

    python benchmarks/readers.py output [--engines duckdb polars] [--environments DIR]

The engines are installed, in the versions below, into environments under DIR; Spark wants a Java. Needs an index.
Exit code 1: an engine differs from what pyarrow reads, or fails.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ENGINES_PYTHON = "3.11"
VERSIONS = {  # of each environment
    "engines": ("duckdb==2.0.0", "pandas==3.1.1", "polars==2.1.0", "pyspark==4.3.0", "pyarrow==26.0.1"),
    # rich, cachetools: imported by Superset and not among its requirements; flask-caching 2.4.2 breaks it at start.
    "superset": (
        *("apache-superset==6.1.0", "duckdb-engine==0.17.0", "duckdb==1.5.5"),
        *("flask-caching==2.4.1", "rich", "cachetools"),
    ),
}
ENVIRONMENTS = dict.fromkeys(("duckdb", "pandas", "polars", "spark"), "engines") | {"superset": "superset"}
TABLE_SETS = ("glob", "single")
FLOAT_TOLERANCE = 1e-9  # relative: engines add floats in different orders
Facts = dict[str, Any]  # `rows`, `column.count`, `column.sum` ...
Job = dict[str, Any]  # what an engine is told, as JSON


# --- in this environment ----------------------------------------------------------------------------------------------


def main() -> int:
    """Return 0 if every engine reads the same."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--engines", nargs="+", choices=ENVIRONMENTS, default=list(ENVIRONMENTS))
    parser.add_argument("--environments", type=Path, default=Path(tempfile.gettempdir(), "onrecord-readers"))
    arguments = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        job = prepare(arguments.dataset.resolve(), Path(folder))
        expected = {table: read_with_arrow(arguments.dataset / table, kinds) for table, kinds in job["tables"].items()}
        for engine in arguments.engines:
            python = install(ENVIRONMENTS[engine], arguments.environments.resolve())
            for table_set in TABLE_SETS:
                failures += not check(engine, python, {**job, "set": table_set}, expected)
    return 1 if failures else 0


def prepare(dataset: Path, folder: Path) -> Job:
    """Export the dataset into a folder; return what every engine is told of it."""
    from flows.export import export_dataset
    from flows.export_plan import request_export
    from flows.view_script import views_script
    from flows.views import VIEWS
    from schemas.arrow import TABLES, columns

    for out in ("single", "news.duckdb"):
        export_dataset(dataset, request_export(folder / out))
    return {
        "dataset": str(dataset),
        "folder": str(folder),
        "script": views_script(dataset),
        "samples": [view.sample for view in VIEWS],
        "tables": {
            table: {column.name: kind_of(str(column.arrow_type)) for column in columns(record)}
            for table, record in TABLES.items()
        },
    }


def kind_of(arrow_type: str) -> str:
    """Return what is compared of a column of a type."""
    kinds = {"string": "text", "bool": "flag", "date32[day]": "date", "int64": "number", "double": "number"}
    return kinds.get(arrow_type, "time")


def read_with_arrow(folder: Path, kinds: Mapping[str, str]) -> Facts:
    """Return the facts of a table as the library reads them that wrote it."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    rows = pa.concat_tables(pq.read_table(path, partitioning=None) for path in sorted(folder.glob("**/*.parquet")))
    facts: Facts = {"rows": rows.num_rows}
    for name, kind in kinds.items():
        values = rows[name]
        facts[f"{name}.count"] = pc.count(values).as_py()
        if kind == "text":
            facts[f"{name}.length"] = pc.sum(pc.utf8_length(values)).as_py()
        elif kind in ("number", "flag"):
            facts[f"{name}.sum"] = pc.sum(values).as_py()
        else:
            numbers = values.cast(pa.int64() if kind == "time" else pa.int32())
            facts[f"{name}.min"], facts[f"{name}.max"] = pc.min(numbers).as_py(), pc.max(numbers).as_py()
    return facts


def install(name: str, folder: Path) -> Path:
    """Return the Python of an environment; it is made unless it is there."""
    uv = Path(sys.executable).with_name("uv")
    environment = folder / name
    python, done = environment / "bin" / "python", environment / f"{'-'.join(VERSIONS[name])[:200]}.installed"
    if not done.exists():
        print(f"installing {', '.join(VERSIONS[name])}", flush=True)
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", ENGINES_PYTHON, environment], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *VERSIONS[name]], check=True)
        done.touch()
    return python


def check(engine: str, python: Path, job: Job, expected: Mapping[str, Facts]) -> bool:
    """Run an engine over a set of tables, print a line, and return whether it reads what is expected."""
    command = [str(python), __file__, "--engine", engine]
    done = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"version"')]
    if done.returncode or not lines:
        print(
            f"{engine:<9} {job['set']:<7} FAILED: {' '.join((done.stderr or done.stdout).split())[-600:]}", flush=True
        )
        return False
    outcome = json.loads(lines[-1])
    wrong = [
        f"{table}.{fact}: {outcome['facts'][table].get(fact)!r}, expected {value!r}"
        for table, facts in expected.items()
        for fact, value in facts.items()
        if not is_same(outcome["facts"][table].get(fact), value)
    ]
    count = sum(map(len, expected.values()))
    verdict = (
        f"{len(wrong)} of {count} differ" if wrong else f"all of {count} figures of {len(expected)} tables are the same"
    )
    print(f"{engine:<9} {job['set']:<7} {outcome['version']:<50} {verdict}", flush=True)
    for line in wrong[:10]:
        print(f"    {line}", flush=True)
    return not wrong


def is_same(found: Any, expected: Any) -> bool:
    """Return whether two figures are the same; a sum of nothing is 0 or null."""
    if not found or not expected:
        return not found and not expected
    return math.isclose(found, expected, rel_tol=FLOAT_TOLERANCE if isinstance(expected, float) else 0)


# --- in the environment of an engine ----------------------------------------------------------------------------------


def aggregates(kinds: Mapping[str, str], length: str, micros: str, days: str) -> dict[str, str]:
    """Return an SQL expression for each fact of a table; `{}` in the last three is a column."""
    facts = {"rows": "count(*)"}
    for name, kind in kinds.items():
        facts[f"{name}.count"] = f"count({name})"
        if kind == "text":
            facts[f"{name}.length"] = f"CAST(sum({length.format(name)}) AS BIGINT)"
        elif kind == "flag":
            facts[f"{name}.sum"] = f"CAST(sum(CASE WHEN {name} THEN 1 ELSE 0 END) AS BIGINT)"
        elif kind == "number":
            facts[f"{name}.sum"] = f"CAST(sum({name}) AS DOUBLE)"
        else:
            number = (micros if kind == "time" else days).format(name)
            facts |= {f"{name}.min": f"min({number})", f"{name}.max": f"max({number})"}
    return facts


def select(facts: Mapping[str, str], source: str) -> str:
    """Return the query of a table's facts, in order; its columns are f0, f1 and so on."""
    return "SELECT " + ", ".join(f"{sql} AS f{place}" for place, sql in enumerate(facts.values())) + f" FROM {source}"


def duckdb_facts(kinds: Mapping[str, str]) -> dict[str, str]:
    """Return the expressions for DuckDB."""
    return aggregates(kinds, "length({})", "epoch_us({})", "date_diff('day', DATE '1970-01-01', {})")


def source_of(job: Job, table: str) -> str:
    """Return the single file of a table, or the folder of its files."""
    return f"{job['folder']}/single/{table}.parquet" if job["set"] == "single" else f"{job['dataset']}/{table}"


def read_with_duckdb(job: Job) -> tuple[str, dict[str, Facts]]:
    """Return the version and the facts; the single file is the exported database."""
    import duckdb

    connection = duckdb.connect(f"{job['folder']}/news.duckdb" if job["set"] == "single" else ":memory:")
    if job["set"] == "glob":
        connection.execute(job["script"])
    found = {}
    for table, kinds in job["tables"].items():
        facts = duckdb_facts(kinds)
        found[table] = dict(zip(facts, connection.execute(select(facts, table)).fetchall()[0], strict=True))
    for sample in job["samples"]:
        connection.execute(sample).fetchall()
    return f"duckdb {duckdb.__version__}", found


def read_with_pandas(job: Job) -> tuple[str, dict[str, Facts]]:
    """Return the version and the facts."""
    import pandas as pd

    found = {}
    for table, kinds in job["tables"].items():
        rows = pd.read_parquet(source_of(job, table))
        facts: Facts = {"rows": len(rows)}
        for name, kind in kinds.items():
            values = rows[name].dropna()
            facts[f"{name}.count"] = len(values)
            if kind == "text":
                facts[f"{name}.length"] = int(values.map(len).sum()) if len(values) else 0
            elif kind == "flag":
                facts[f"{name}.sum"] = int(values.astype(bool).sum())
            elif kind == "number":
                facts[f"{name}.sum"] = float(values.sum())
            elif len(values):
                unit, zone = ("us", "UTC") if kind == "time" else ("D", None)
                epoch = pd.Timestamp(0, tz=zone)
                numbers = (pd.to_datetime(values) - epoch) // pd.Timedelta(1, unit)
                facts[f"{name}.min"], facts[f"{name}.max"] = int(numbers.min()), int(numbers.max())
        found[table] = facts
    return f"pandas {pd.__version__}", found


def read_with_polars(job: Job) -> tuple[str, dict[str, Facts]]:
    """Return the version and the facts."""
    import polars as pl

    found = {}
    for table, kinds in job["tables"].items():
        source = source_of(job, table)
        wanted = [pl.len().alias("rows")]
        for name, kind in kinds.items():
            column = pl.col(name)
            wanted.append(column.count().alias(f"{name}.count"))
            if kind == "text":
                wanted.append(column.str.len_chars().sum().alias(f"{name}.length"))
            elif kind in ("number", "flag"):
                wanted.append(column.sum().alias(f"{name}.sum"))
            else:
                number = column.dt.epoch("us" if kind == "time" else "d")
                wanted += [number.min().alias(f"{name}.min"), number.max().alias(f"{name}.max")]
        rows = pl.scan_parquet(source if job["set"] == "single" else f"{source}/**/*.parquet").select(wanted).collect()
        found[table] = rows.row(0, named=True)
    return f"polars {pl.__version__}", found


def read_with_spark(job: Job) -> tuple[str, dict[str, Facts]]:
    """Return the version and the facts."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    session = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    found = {}
    for table, kinds in job["tables"].items():
        rows = session.read.option("recursiveFileLookup", "true").parquet(source_of(job, table))
        rows.createOrReplaceTempView(table)
        facts = aggregates(kinds, "char_length({})", "unix_micros({})", "datediff({}, DATE '1970-01-01')")
        found[table] = dict(zip(facts, session.sql(select(facts, table)).collect()[0], strict=True))
    return f"pyspark {session.version}", found


def read_with_superset(job: Job) -> tuple[str, dict[str, Facts]]:
    """Return the versions and the facts, through Superset's own model of a database and its engine for DuckDB.

    The glob is a database of the views that `onrecord views` writes.
    """
    home = Path(sys.executable).parents[1] / "home"
    home.mkdir(exist_ok=True)
    metadata = home / "superset.db"
    config = home / "superset_config.py"
    config.write_text(f"SECRET_KEY = {'x' * 42!r}\nSQLALCHEMY_DATABASE_URI = 'sqlite:///{metadata}'\n")
    os.environ |= {"SUPERSET_CONFIG_PATH": str(config), "SUPERSET_HOME": str(home)}
    if not (home / "upgraded").exists():
        command = [str(Path(sys.executable).with_name("superset")), "db", "upgrade"]
        subprocess.run(command, check=True, stdout=sys.stderr)
        (home / "upgraded").touch()
    import duckdb
    from superset.app import create_app

    path = Path(job["folder"], "news.duckdb")
    if job["set"] == "glob":
        path = Path(job["folder"], "views.duckdb")
        with duckdb.connect(str(path)) as connection:
            connection.execute(job["script"])
    with create_app().app_context():
        from importlib.metadata import version

        from superset.extensions import db
        from superset.models.core import Database

        extra = json.dumps({"engine_params": {"connect_args": {"read_only": True}}})
        database = Database(database_name=str(path), sqlalchemy_uri=f"duckdb:///{path}", extra=extra)
        db.session.add(database)
        db.session.flush()
        try:
            found = {}
            for table, kinds in job["tables"].items():
                facts = duckdb_facts(kinds)
                row = database.get_df(select(facts, table)).iloc[0].tolist()
                found[table] = {name: None if value != value else value for name, value in zip(facts, row, strict=True)}
            for sample in job["samples"]:
                database.get_df(sample)
        finally:
            db.session.rollback()
        engine = f"superset {version('apache-superset')}, duckdb-engine {version('duckdb-engine')}"
        return f"{engine}, duckdb {duckdb.__version__}", found


READERS: dict[str, Callable[[Job], tuple[str, dict[str, Facts]]]] = {
    "duckdb": read_with_duckdb,
    "pandas": read_with_pandas,
    "polars": read_with_polars,
    "spark": read_with_spark,
    "superset": read_with_superset,
}


def run_engine(engine: str) -> None:
    """Read the job from stdin; write the version and the facts to stdout, as one line."""
    version, found = READERS[engine](json.load(sys.stdin))
    print("\n" + json.dumps({"version": version, "facts": found}, default=lambda value: value.item()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--engine"]:
        run_engine(sys.argv[2])
    else:
        sys.exit(main())
