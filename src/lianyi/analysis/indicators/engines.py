"""The engines that answer a query: DuckDB inside this process, PostgreSQL, or Spark on a cluster that is there."""

from __future__ import annotations

import codecs
import importlib
import re
import secrets
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ibis
import narwhals as nw
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.dataset as pa_dataset

from lianyi.analysis.indicators.errors import (
    EngineAddressError,
    EngineNotInstalledError,
    EngineRefusedError,
    IndicatorFolderError,
    IndicatorTableError,
)
from lianyi.errors import LianyiError

if TYPE_CHECKING:
    from types import ModuleType

Relation = Any
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_PIECE: Final = 1 << 22
_PIECES_ON_ONE_MACHINE: Final = "4"
_ROWS_AT_ONCE: Final = 100_000
_POSTGRESQL_TYPES: Final = (
    ("int", "bigint"),
    ("uint", "numeric"),
    ("decimal", "numeric"),
    ("float", "double precision"),
    ("double", "double precision"),
    ("bool", "boolean"),
    ("date", "date"),
    ("timestamp", "timestamp"),
)


class EngineKind(StrEnum):
    """The engines by their names on the command line."""

    DUCKDB = "duckdb"
    SPARK = "spark"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table of a folder: NAME.csv, NAME.parquet, or a folder NAME with Parquet files."""

    name: str
    path: Path

    @property
    def is_csv(self) -> bool:
        return self.path.suffix == ".csv"

    @property
    def pattern(self) -> str:
        return str(self.path / "**" / "*.parquet") if self.path.is_dir() else str(self.path)


class Engine(ABC):
    """Tables by their names as expressions of Ibis, and the answers to what is asked of them."""

    kind: EngineKind

    def __init__(self) -> None:
        self._read: dict[str, Relation] = {}

    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Return the names of the tables that there are."""

    @abstractmethod
    def _open(self, name: str) -> Relation: ...

    def table(self, name: str) -> Relation:
        """Return a table as it is, all columns.

        Raises
        ------
        IndicatorTableError
            With the tables that there are.
        """
        if name not in self.names():
            known = ", ".join(self.names()) or "none"
            message = f"There is no table {name}; there are: {known}. Add {name}.csv or {name}.parquet to the folder."
            raise IndicatorTableError(message, table=name, known=self.names())
        if name not in self._read:
            with self.refusals():
                self._read[name] = self._open(name)
        return self._read[name]

    def answer(self, expression: Relation) -> list[dict[str, Any]]:
        """Return the rows of an expression.

        Raises
        ------
        EngineRefusedError
            With the engine's own words.
        """
        with self.refusals():
            found: list[dict[str, Any]] = expression.to_pyarrow().to_pylist()
        return found

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Tell what the engine refuses in one sentence; a fault of ours or of Python is not its refusal."""
        try:
            yield
        except (LianyiError, MemoryError, TypeError, AttributeError, NameError):
            raise
        except Exception as error:
            first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise EngineRefusedError(
                f"{self.kind} could not compute it: {first_line}", engine=self.kind.value, reason=first_line
            ) from error


class FolderEngine(Engine):
    """An engine over the tables of a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._files = tables_of(folder)

    def names(self) -> tuple[str, ...]:
        return tuple(self._files)


class DuckDBEngine(FolderEngine):
    """DuckDB inside this process. ``memory`` is the most that it may use, such as 2GB; it then works on disk."""

    kind = EngineKind.DUCKDB

    def __init__(self, folder: Path, scratch: Path, memory: str | None = None, threads: int | None = None) -> None:
        super().__init__(folder)
        self._scratch = scratch
        settings: dict[str, Any] = {"temp_directory": str(scratch)}
        settings |= {"memory_limit": memory} if memory else {}
        settings |= {"threads": threads} if threads else {}
        self._backend = ibis.duckdb.connect(**settings)

    def _open(self, name: str) -> Relation:
        return _read_by_duckdb(self._backend, self._files[name], self._scratch)


class FrameEngine(Engine):
    """DuckDB over data frames that are in memory already."""

    kind = EngineKind.DUCKDB

    def __init__(self, frames: Mapping[str, Any]) -> None:
        super().__init__()
        self._frames = frames
        self._backend = ibis.duckdb.connect()

    def names(self) -> tuple[str, ...]:
        return tuple(self._frames)

    def _open(self, name: str) -> Relation:
        frame = nw.from_native(self._frames[name], eager_only=True).to_arrow()
        return self._backend.create_table(f"frame_{name}", frame, temp=True)


class SparkEngine(FolderEngine):
    """Spark. The folder must stand where every worker finds it. The session is ended by who began it."""

    kind = EngineKind.SPARK

    def __init__(self, folder: Path, session: Any, scratch: Path) -> None:  # noqa: ANN401 - Spark's types need Spark
        super().__init__(folder)
        self._session = session
        self._scratch = scratch
        self._backend = ibis.pyspark.connect(session)

    def _open(self, name: str) -> Relation:
        file = self._files[name]
        if file.is_csv:
            reader = self._session.read.option("header", "true").option("multiLine", "true").option("escape", '"')
            frame = reader.csv(str(in_utf8(file.path, self._scratch).resolve()))
        else:
            frame = self._session.read.parquet(str(file.path.resolve()))
        view = f"lianyi_{name}_{secrets.token_hex(4)}"
        frame.createOrReplaceTempView(view)
        return self._backend.table(view)


class PostgreSQLEngine(FolderEngine):
    """PostgreSQL: tables are brought into a schema of their own, which goes when the engine is closed."""

    kind = EngineKind.POSTGRESQL

    def __init__(self, folder: Path, connection: Any, schema: str, scratch: Path) -> None:  # noqa: ANN401
        super().__init__(folder)
        self._connection = connection
        self._schema = schema
        self._scratch = scratch
        self._backend = ibis.postgres.from_connection(connection)

    def _open(self, name: str) -> Relation:
        schema, batches = _batches_of(self._files[name], self._scratch)
        target = f'"{self._schema}"."{name}"'
        columns = ", ".join(f"{_quoted(field.name)} {_postgresql_type(str(field.type))}" for field in schema)
        with self._connection.cursor() as cursor:
            cursor.execute(f"create unlogged table {target} ({columns})")
            with cursor.copy(f"copy {target} from stdin") as copy:
                for batch in batches:
                    for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                        copy.write_row(row)
            cursor.execute(f"analyze {target}")
        self._connection.commit()
        return self._backend.table(name, database=self._schema)


@contextmanager
def duckdb_engine(folder: Path, memory: str | None = None, threads: int | None = None) -> Iterator[DuckDBEngine]:
    """Open DuckDB over the tables of a folder."""
    with tempfile.TemporaryDirectory(prefix="lianyi-indicators-") as scratch:
        yield DuckDBEngine(folder, Path(scratch), memory, threads)


@contextmanager
def spark_engine(folder: Path, master: str = "local[2]") -> Iterator[SparkEngine]:
    """Open a Spark session on a master and end it afterwards.

    Raises
    ------
    EngineNotInstalledError
    """
    session = _spark_session(master)
    with ExitStack() as stack:
        stack.callback(session.stop)
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="lianyi-indicators-"))
        yield SparkEngine(folder, session, Path(scratch))


@contextmanager
def postgresql_engine(folder: Path, address: str) -> Iterator[PostgreSQLEngine]:
    """Open PostgreSQL at an address (postgresql://user:password@host/name) with a schema of its own.

    Raises
    ------
    EngineNotInstalledError, EngineAddressError
    """
    psycopg = _module("psycopg", "lianyi", "PostgreSQL")
    schema = f"lianyi_indicators_{secrets.token_hex(6)}"
    try:
        connection = psycopg.connect(address)
    except psycopg.Error as error:
        first_line = str(error).strip().splitlines()[0]
        message = f"The database does not answer: {first_line}. Give an address such as postgresql://user@host/name."
        raise EngineAddressError(message, reason=first_line) from error
    with ExitStack() as stack:
        stack.callback(connection.close)
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="lianyi-indicators-"))
        connection.execute(f'create schema "{schema}"')
        connection.commit()
        stack.callback(_drop_schema, connection, schema)
        yield PostgreSQLEngine(folder, connection, schema, Path(scratch))


def tables_of(folder: Path) -> dict[str, TableFile]:
    """Return the tables of a folder by their names.

    Raises
    ------
    IndicatorFolderError
        When it is no folder, or two files hold one table.
    """
    if not folder.is_dir():
        raise IndicatorFolderError(f"{folder} is no folder. Name a folder of CSV or Parquet files.", folder=str(folder))
    found: dict[str, TableFile] = {}
    for path in sorted(folder.iterdir()):
        is_table = path.suffix in {".csv", ".parquet"} or (path.is_dir() and any(path.rglob("*.parquet")))
        if not is_table or not _NAME.fullmatch(path.stem):
            continue
        if path.stem in found:
            message = f"{found[path.stem].path.name} and {path.name} hold one table. Keep one of them."
            raise IndicatorFolderError(message, folder=str(folder))
        found[path.stem] = TableFile(path.stem, path)
    return found


def in_utf8(path: Path, scratch: Path) -> Path:
    """Return a text file as it is where it is UTF-8, else a copy of it; files from older spreadsheets are GB 18030.

    Raises
    ------
    IndicatorFolderError
        When it is neither.
    """
    if _is_written_in(path, "utf-8"):
        return path
    if not _is_written_in(path, "gb18030"):
        message = f"{path.name} is neither UTF-8 nor GB 18030. Save it as CSV in UTF-8."
        raise IndicatorFolderError(message, folder=str(path.parent))
    copy = scratch / path.name
    with path.open(encoding="gb18030", newline="") as source, copy.open("w", encoding="utf-8", newline="") as target:
        while piece := source.read(_PIECE):
            target.write(piece)
    return copy


def _is_written_in(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as source:
        try:
            while piece := source.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _read_by_duckdb(backend: Any, file: TableFile, scratch: Path) -> Relation:  # noqa: ANN401 - Ibis has no types
    if file.is_csv:
        path = in_utf8(file.path, scratch)
        return backend.read_csv(
            str(path), all_varchar=True, header=True, delim=",", quote='"', escape='"', null_padding=False
        )
    return backend.read_parquet(file.pattern)


def _batches_of(file: TableFile, scratch: Path) -> tuple[Any, Iterator[Any]]:
    """Return the columns of a table file and its rows in batches; columns of CSV are texts."""
    if not file.is_csv:
        found = pa_dataset.dataset(str(file.path), format="parquet")
        return found.schema, found.to_batches(batch_size=_ROWS_AT_ONCE)
    path, parsing = in_utf8(file.path, scratch), pa_csv.ParseOptions(newlines_in_values=True)
    with pa_csv.open_csv(path, parse_options=parsing) as head:
        texts = dict.fromkeys(head.schema.names, pa.string())
    reader = pa_csv.open_csv(
        path,
        parse_options=parsing,
        convert_options=pa_csv.ConvertOptions(column_types=texts, strings_can_be_null=True, null_values=[""]),
    )
    return reader.schema, iter(reader)


def _spark_session(master: str) -> Any:  # noqa: ANN401 - Spark's types need Spark
    module = _module("pyspark.sql", "lianyi[spark]", "Spark")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.log.level": "ERROR",
    }
    if master.startswith("local"):
        # Two hundred pieces, as on a large cluster, only cost time on one machine.
        settings["spark.sql.shuffle.partitions"] = _PIECES_ON_ONE_MACHINE
    builder = module.SparkSession.builder.master(master).appName("lianyi indicator")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except Exception as error:
        first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
        message = f"Spark does not start on {master}: {first_line}. It needs a Java, and a master that answers."
        raise EngineAddressError(message, reason=first_line) from error


def _module(name: str, package: str, engine: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        message = f"{engine} is not installed here. Install it with: pip install {package}"
        raise EngineNotInstalledError(message, engine=engine) from error


def _drop_schema(connection: Any, schema: str) -> None:  # noqa: ANN401 - psycopg's connection
    # The schema goes with whatever a refused statement left; a connection that broke has no way to drop it.
    with suppress(Exception):
        connection.rollback()
        connection.execute(f'drop schema if exists "{schema}" cascade')
        connection.commit()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _postgresql_type(arrow: str) -> str:
    return next((found for start, found in _POSTGRESQL_TYPES if arrow.startswith(start)), "text")
