"""Keep rows of features by the content of the images they were made from: `FeatureCache`."""

import hashlib
import os
import re
import sqlite3
import time
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np

from ..exceptions import FeatkitError

APPLICATION = 0x66656174  # "feat": tells our files from other databases
SCHEMA = """
CREATE TABLE rows (key BLOB PRIMARY KEY, dtype TEXT, row BLOB, used REAL) WITHOUT ROWID;
CREATE INDEX by_use ON rows (used);
CREATE TABLE counts (hits INTEGER, misses INTEGER, bytes INTEGER);
INSERT INTO counts VALUES (0, 0, 0);
"""
PATIENCE = 60  # seconds to wait for other writers
LITTLE_PATIENCE = 0.1  # seconds, once that was in vain
AGING = 3600  # seconds; a row read again within them is not marked as used anew
MOST_AT_ONCE = 500  # keys in one question; SQLite has a limit
OVERHEAD = 100  # bytes a row costs besides its numbers
DTYPE = re.compile(r"[<>|=][a-zA-Z]\d{1,2}")
CHECKSUM = 16  # bytes of the checksum in front of a row's numbers
NOT_TO_BE_USED = {  # SQLite's codes for a file that is whole for all we know, but cannot be used here and now
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOLFS,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}
_given_up: dict[str, str] = {}  # files that could not be used, and why: this process waits long for each of them once,
_told: set[str] = set()  # and warns once


class CacheError(FeatkitError, OSError):
    """A file that should be a cache of features is damaged, or something else."""


class _UnusableCacheError(CacheError):
    """A cache that is locked, read-only, full, gone or another program's file: rows are computed but not kept."""


class CacheWarning(UserWarning):
    """A cache could not be used; the rows were computed and are right, but are not kept."""


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
        When the file is damaged; every row has a checksum.

    Warns
    -----
    CacheWarning
        Once in a process, after waiting once for other writers, when the file cannot be used: locked, read-only, on a
        full disk, in a folder that is gone, or another program's. Rows are computed but not kept.

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
            hits, misses, size = self._counts(database)
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

    def get(self, keys: list[bytes], *, warn: bool = True) -> dict[bytes, np.ndarray]:
        """Look rows up.

        Parameters
        ----------
        keys : list of bytes
            Digests of content and transformer.
        warn : bool, default=True
            False leaves it to the caller to look at `trouble`.

        Returns
        -------
        rows : dict of bytes to ndarray
            Those that are there.

        Raises
        ------
        CacheError
            When the file or a row in it is damaged.

        Warns
        -----
        CacheWarning
            When the file cannot be used: locked, read-only, gone, another program's.
        """
        rows: dict[bytes, np.ndarray] = {}
        with self._unless_unusable(warn):
            self._look_up(keys, rows)
        return rows

    def put(self, rows: dict[bytes, np.ndarray], *, warn: bool = True) -> None:
        """Keep rows, and let go of the oldest where there are too many.

        Parameters
        ----------
        rows : dict of bytes to ndarray
            Row by key.
        warn : bool, default=True
            False leaves it to the caller to look at `trouble`.

        Raises
        ------
        CacheError
            When the file is damaged.

        Warns
        -----
        CacheWarning
            When the file cannot be used: locked, read-only, full, gone, another program's.
        """
        now = time.time()
        values = [(key, row.dtype.str, _checked(key, row), now) for key, row in rows.items()]
        with self._unless_unusable(warn), self._connected() as database:
            self._write(database, ("INSERT OR IGNORE INTO rows VALUES (?, ?, ?, ?)", values), count_bytes=True)

    @property
    def trouble(self) -> str | None:
        """Why this process could not use the file when it last tried; None where it could."""
        return _given_up.get(self._place)

    def give_up(self, reason: str) -> None:
        """Warn that the file cannot be used, unless that was said, and hardly wait for it any more in this process.

        Parameters
        ----------
        reason : str
            Sentences.
        """
        _given_up[self._place] = reason
        if self._place not in _told:
            _told.add(self._place)
            warnings.warn(f"{reason} Rows are computed but not kept.", CacheWarning, stacklevel=2)

    @property
    def _place(self) -> str:
        return os.path.abspath(self.path)

    @contextmanager
    def _unless_unusable(self, warn: bool) -> Iterator[None]:
        try:
            yield
            _given_up.pop(self._place, None)
            _told.discard(self._place)
        except _UnusableCacheError as error:
            _given_up[self._place] = str(error)
            if warn:
                self.give_up(str(error))

    def _look_up(self, keys: list[bytes], rows: dict[bytes, np.ndarray]) -> None:
        now = time.time()
        with self._connected() as database:
            found: list[tuple] = []
            for start in range(0, len(keys), MOST_AT_ONCE):
                some = keys[start : start + MOST_AT_ONCE]
                marks = ",".join("?" * len(some))
                found += database.execute(f"SELECT key, dtype, row FROM rows WHERE key IN ({marks})", some)
            for key, dtype, content in found:
                rows[key] = self._row(key, dtype, content)
            hits = sum(key in rows for key in keys)
            again = (
                "UPDATE rows SET used = ? WHERE key = ? AND used NOT BETWEEN ? AND ?"  # the clock may have run ahead
            )
            self._write(
                database,
                ("UPDATE counts SET hits = hits + ?, misses = misses + ?", [(hits, len(keys) - hits)]),
                (again, [(now, key, now - AGING, now) for key, _, _ in found]),
            )

    def _row(self, key: bytes, dtype: str, content: bytes) -> np.ndarray:
        """The numbers of a row, if they are those that were put."""
        with suppress(TypeError, ValueError):
            if DTYPE.fullmatch(dtype):  # NumPy takes other texts for lists of types: some are a SyntaxError
                row = np.frombuffer(content, dtype, offset=CHECKSUM)
                if content == _checked(key, row):
                    return row
        raise CacheError(
            f"{self.path}: the checksum of a row does not fit; the cache is damaged. Delete the file; its rows are "
            "computed anew."
        )

    def _write(
        self, database: sqlite3.Connection, *statements: tuple[str, list[tuple]], count_bytes: bool = False
    ) -> None:
        """Run statements in one transaction."""
        with database:  # commits, or rolls back
            database.execute("BEGIN IMMEDIATE")
            for statement, values in statements:
                before = database.total_changes
                for value in values:
                    database.execute(statement, value)
                    if count_bytes and database.total_changes > before:
                        self._count(database, len(value[2]) + OVERHEAD - CHECKSUM)
                        before = database.total_changes
            if count_bytes:
                self._evict(database)

    def _count(self, database: sqlite3.Connection, size: int) -> None:
        database.execute("UPDATE counts SET bytes = bytes + ?", (size,))

    def _evict(self, database: sqlite3.Connection) -> None:
        """Drop the rows used longest ago until a tenth is free, so that it need not be done each time."""
        size = self._counts(database)[2]
        if size <= self.max_bytes:
            return
        now = time.time()
        database.execute("UPDATE rows SET used = ? WHERE used > ?", (now, now))  # written while the clock ran ahead
        for key, length in database.execute("SELECT key, LENGTH(row) FROM rows ORDER BY used").fetchall():
            database.execute("DELETE FROM rows WHERE key = ?", (key,))
            self._count(database, CHECKSUM - (length or 0) - OVERHEAD)
            size -= (length or 0) + OVERHEAD - CHECKSUM
            if size <= 0.9 * self.max_bytes:
                break

    def _counts(self, database: sqlite3.Connection) -> tuple[int, int, int]:
        """Hits, misses and bytes."""
        counts = database.execute("SELECT hits, misses, bytes FROM counts").fetchall()
        if len(counts) != 1 or not all(isinstance(count, int) and count >= 0 for count in counts[0]):
            raise CacheError(
                f"{self.path}: expected three counts, got {str(counts)[:80]}; the cache is damaged. Delete the file; "
                "its rows are computed anew."
            )
        return counts[0]

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Open the file; each use has its own connection, so that threads and forks share nothing."""
        try:
            with closing(self._open()) as database:
                yield database
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
            if code & 0xFF in NOT_TO_BE_USED:
                raise _UnusableCacheError(
                    f"{self.path}: expected a cache of features that can be used, SQLite says: {error}. Check what "
                    "the file is, its permissions, who else uses it and the room on the disk, or choose another file."
                ) from error
            raise CacheError(
                f"{self.path}: the cache is damaged, SQLite says: {error}. Delete the file; its rows are computed anew."
            ) from error
        except (OverflowError, UnicodeError) as error:  # a count beyond 64 bits, a text that is none
            raise CacheError(f"{self.path}: {error}; the cache is damaged. Delete the file.") from error

    def _open(self) -> sqlite3.Connection:
        if not Path(self.path).parent.is_dir():
            raise _UnusableCacheError(f"{self.path}: expected a file in an existing folder, got none. Make the folder.")
        patience = PATIENCE if self.trouble is None else LITTLE_PATIENCE
        database = sqlite3.connect(self.path, timeout=patience, isolation_level=None)
        try:
            application = database.execute("PRAGMA application_id").fetchone()[0]
            if application != APPLICATION:
                self._create(database)
            if database.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                database.execute("PRAGMA busy_timeout = 0")
                with suppress(sqlite3.OperationalError):  # someone else is in it; another time will do
                    database.execute("PRAGMA journal_mode = WAL")  # readers and a writer do not wait for each other
                database.execute(f"PRAGMA busy_timeout = {1000 * patience:.0f}")
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
                raise _UnusableCacheError(
                    f"{self.path}: expected a cache of features, got another database. Choose another name."
                )
            for statement in SCHEMA.strip().split(";\n"):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {APPLICATION}")


def _checked(key: bytes, row: np.ndarray) -> bytes:
    """The numbers of a row behind their checksum, over key, dtype and shape too."""
    content = np.ascontiguousarray(row).tobytes()
    digest = hashlib.blake2b(f"{key.hex()} {row.dtype.str} {row.shape} ".encode(), digest_size=CHECKSUM)
    digest.update(content)
    return digest.digest() + content
