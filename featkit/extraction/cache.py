"""Keep rows of features by the content of the images they were made from: `FeatureCache`."""

import hashlib
import os
import sqlite3
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from ..exceptions import FeatkitError
from ..io.inputs.items import content_digest
from ._chunks import Chunk, are_rows, transform_chunk

KEY_FORMAT = 2  # under keys of format 1, rows of a shuffled Series could be those of other images
APPLICATION = 0x66656174  # "feat": tells our files from other databases
SCHEMA = """
CREATE TABLE rows (key BLOB PRIMARY KEY, dtype TEXT, row BLOB, used REAL) WITHOUT ROWID;
CREATE INDEX by_use ON rows (used);
CREATE TABLE counts (hits INTEGER, misses INTEGER, bytes INTEGER);
INSERT INTO counts VALUES (0, 0, 0);
"""
PATIENCE = 60  # seconds to wait for other writers
AGING = 3600  # seconds; a row read again within them is not marked as used anew
MOST_AT_ONCE = 500  # keys in one question; SQLite has a limit
OVERHEAD = 100  # bytes a row costs besides its numbers


class CacheError(FeatkitError, OSError):
    """A file that should be a cache of features is damaged, or something else."""


class CacheWarning(UserWarning):
    """A cache could not be written; the rows were computed and are right, but are not kept."""


class FeatureCache:
    """Rows of features in a file, found by the content of the image and by what made the row.

    Folds, grid points, threads and processes share it; a process may die at any moment. A row is found again under
    any name of its image, and only by a transformer of the same class, parameters, fitted state and versions.

    Parameters
    ----------
    path : str or PathLike
        A SQLite file, made where there is none. Not on a network file system: SQLite's locks do not hold there.
    max_bytes : int, default=2**30
        When the rows take more, those not used for longest go.

    Raises
    ------
    CacheError
        When the file is damaged, or is no cache of features.

    See Also
    --------
    ChunkedTransformer : Takes a cache, and keeps its rows in it.
    extract_to_parquet : Rows of many images in a data set.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_digits
    >>> from featkit import ChunkedTransformer, FeatureCache, HOG
    >>> cache = FeatureCache(tempfile.mkdtemp() + "/features.sqlite")
    >>> hog = HOG(pixels_per_cell=(4, 4), cells_per_block=(1, 1))
    >>> for repeat in range(2):
    ...     rows = ChunkedTransformer(hog, cache=cache).fit_transform(load_digits().images[:100] / 16)
    >>> cache
    FeatureCache: 100 rows, 0.0 MB, 100 hits, 100 misses
    """

    def __init__(self, path: str | os.PathLike, *, max_bytes: int = 2**30) -> None:
        self.path = os.fspath(path)
        self.max_bytes = max_bytes

    def info(self) -> dict[str, int]:
        """Count rows, bytes, hits and misses, over all processes since the file was made.

        Returns
        -------
        info : dict of str to int
            ``rows``, ``bytes``, ``hits`` and ``misses``.
        """
        with self._connected() as database:
            hits, misses, size = database.execute("SELECT hits, misses, bytes FROM counts").fetchone()
            rows = database.execute("SELECT COUNT(*) FROM rows").fetchone()[0]
        return {"rows": rows, "bytes": size, "hits": hits, "misses": misses}

    def __repr__(self) -> str:
        if not os.path.exists(self.path):
            return f"FeatureCache: no file {self.path!r} yet"
        try:
            info = self.info()
        except CacheError:
            return f"FeatureCache: unreadable file {self.path!r}"
        return "FeatureCache: {rows} rows, {0:.1f} MB, {hits} hits, {misses} misses".format(info["bytes"] / 1e6, **info)

    def get(self, keys: list[bytes]) -> dict[bytes, np.ndarray]:
        """Look rows up.

        Parameters
        ----------
        keys : list of bytes
            Digests of content and transformer.

        Returns
        -------
        rows : dict of bytes to ndarray
            Those that are there.
        """
        now = time.time()
        with self._connected() as database:
            found: list[tuple] = []
            for start in range(0, len(keys), MOST_AT_ONCE):
                some = keys[start : start + MOST_AT_ONCE]
                marks = ",".join("?" * len(some))
                found += database.execute(f"SELECT key, dtype, row, used FROM rows WHERE key IN ({marks})", some)
            rows = {key: np.frombuffer(row, dtype) for key, dtype, row, _ in found}
            hits = sum(key in rows for key in keys)
            self._write(
                database,
                ("UPDATE counts SET hits = hits + ?, misses = misses + ?", [(hits, len(keys) - hits)]),
                ("UPDATE rows SET used = ? WHERE key = ?", [(now, one[0]) for one in found if one[3] < now - AGING]),
            )
        return rows

    def put(self, rows: dict[bytes, np.ndarray]) -> None:
        """Keep rows, and let go of the oldest where there are too many.

        Parameters
        ----------
        rows : dict of bytes to ndarray
            Row by key.
        """
        now = time.time()
        values = [(key, row.dtype.str, np.ascontiguousarray(row).tobytes(), now) for key, row in rows.items()]
        with self._connected() as database:
            self._write(database, ("INSERT OR IGNORE INTO rows VALUES (?, ?, ?, ?)", values), count_bytes=True)

    def _write(
        self, database: sqlite3.Connection, *statements: tuple[str, list[tuple]], count_bytes: bool = False
    ) -> None:
        """Run statements in one transaction; a cache that cannot be written is no reason to stop."""
        try:
            with database:  # commits, or rolls back
                database.execute("BEGIN IMMEDIATE")
                for statement, values in statements:
                    before = database.total_changes
                    for value in values:
                        database.execute(statement, value)
                        if count_bytes and database.total_changes > before:
                            self._count(database, len(value[2]) + OVERHEAD)
                            before = database.total_changes
                if count_bytes:
                    self._evict(database)
        except sqlite3.OperationalError as error:
            warnings.warn(f"{self.path}: {error}; rows are computed but not kept.", CacheWarning, stacklevel=5)

    def _count(self, database: sqlite3.Connection, size: int) -> None:
        database.execute("UPDATE counts SET bytes = bytes + ?", (size,))

    def _evict(self, database: sqlite3.Connection) -> None:
        """Drop the rows used longest ago until a tenth is free, so that it need not be done each time."""
        size = database.execute("SELECT bytes FROM counts").fetchone()[0]
        if size <= self.max_bytes:
            return
        for key, length in database.execute("SELECT key, LENGTH(row) FROM rows ORDER BY used").fetchall():
            database.execute("DELETE FROM rows WHERE key = ?", (key,))
            self._count(database, -length - OVERHEAD)
            size -= length + OVERHEAD
            if size <= 0.9 * self.max_bytes:
                break

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Open the file; each use has its own connection, so that threads and forks share nothing."""
        try:
            with closing(self._open()) as database:
                yield database
        except sqlite3.DatabaseError as error:
            raise CacheError(
                f"{self.path}: expected a cache of features, SQLite says: {error}. "
                "Check its permissions and the room on the disk. Delete the file if it is a damaged cache; its rows "
                "are computed anew."
            ) from error

    def _open(self) -> sqlite3.Connection:
        if not Path(self.path).parent.is_dir():
            raise CacheError(f"{self.path}: expected a file in an existing folder, got none. Make the folder.")
        database = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
        try:
            application = database.execute("PRAGMA application_id").fetchone()[0]
            if application != APPLICATION:
                self._create(database)
            with suppress(sqlite3.OperationalError):  # someone else is in it; another time will do
                database.execute("PRAGMA journal_mode = WAL")  # readers and a writer do not wait for each other
            database.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            database.close()
            raise
        return database

    def _create(self, database: sqlite3.Connection) -> None:
        with database:
            database.execute("BEGIN IMMEDIATE")
            if database.execute("PRAGMA application_id").fetchone()[0] == APPLICATION:
                return  # another process was faster
            if database.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
                raise CacheError(
                    f"{self.path}: expected a cache of features, got another database. Choose another name."
                )
            for statement in SCHEMA.strip().split(";\n"):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {APPLICATION}")


def transform_cached(
    cache: FeatureCache,
    fingerprint: str,
    transform: Callable[..., Any],
    sources: Sequence[Any],
    metadata: list[dict[str, Any]] | None = None,
    *,
    places: Sequence[int],
    **options: Any,
) -> Chunk:
    """`transform_chunk` for the sources whose rows are not in the cache, the others from there."""
    keys = [_key(source, fingerprint, metadata[index] if metadata else None) for index, source in enumerate(sources)]
    known = cache.get([key for key in keys if key is not None])
    missing = [index for index, key in enumerate(keys) if key not in known]
    results = [None if key is None else known.get(key) for key in keys]
    if not missing:
        return Chunk(results, {})
    chunk = transform_chunk(
        transform,
        sources[missing] if isinstance(sources, np.ndarray) else [sources[index] for index in missing],
        [metadata[index] for index in missing] if metadata else None,
        places=[places[index] for index in missing],
        **options,
    )
    if not are_rows(chunk.results):
        raise ValueError("Expected a transformer that returns rows of features where there is a cache, got images.")
    fresh = dict(zip(missing, chunk.results))
    cache.put({key: row for index, row in fresh.items() if row is not None and (key := keys[index]) is not None})
    for index, row in fresh.items():
        results[index] = row
    return Chunk(results, {missing[index]: error for index, error in chunk.errors.items()})


def _key(source: Any, fingerprint: str, told: dict[str, Any] | None) -> bytes | None:
    """Digest of an image's content and of what is made of it; None where the content cannot be had."""
    try:
        content = content_digest(source)
    except (OSError, ValueError):  # also of a path that cannot be one
        return None  # the transformer will say what is wrong with it
    made = f"{KEY_FORMAT} {fingerprint} {joblib.hash(told)} ".encode()
    return hashlib.blake2b(made + content, digest_size=20).digest()
