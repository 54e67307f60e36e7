"""Keep rows of features by the content of the images they were made from: `FeatureCache`."""

import os
import sqlite3
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from ..exceptions import shown, shown_path
from ._cache_file import CHECKSUM, CacheError, UnusableCacheError, checked_content, connected, row_of

PATIENCE = 60  # seconds to wait for other writers
LITTLE_PATIENCE = 0.1  # seconds, once that was in vain
AGING = 3600  # seconds; a row read again within them is not marked as used anew
MOST_AT_ONCE = 500  # keys in one question; SQLite has a limit
OVERHEAD = 100  # bytes a row costs besides its numbers
_given_up: dict[str, str] = {}  # files that could not be used, and why: this process waits long for each of them once,
_told: set[str] = set()  # and warns once


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
        with connected(self.path, self._patience) as database:
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
        values = [(key, row.dtype.str, checked_content(key, row), now) for key, row in rows.items()]
        with self._unless_unusable(warn), connected(self.path, self._patience) as database:
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
    def _patience(self) -> float:
        return PATIENCE if self.trouble is None else LITTLE_PATIENCE

    @property
    def _place(self) -> str:
        return os.path.abspath(self.path)

    @contextmanager
    def _unless_unusable(self, warn: bool) -> Iterator[None]:
        try:
            yield
            _given_up.pop(self._place, None)
            _told.discard(self._place)
        except UnusableCacheError as error:
            _given_up[self._place] = str(error)
            if warn:
                self.give_up(str(error))

    def _look_up(self, keys: list[bytes], rows: dict[bytes, np.ndarray]) -> None:
        now = time.time()
        with connected(self.path, self._patience) as database:
            found: list[tuple] = []
            for start in range(0, len(keys), MOST_AT_ONCE):
                some = keys[start : start + MOST_AT_ONCE]
                marks = ",".join("?" * len(some))
                found += database.execute(f"SELECT key, dtype, row FROM rows WHERE key IN ({marks})", some)
            for key, dtype, content in found:
                rows[key] = row_of(self.path, key, dtype, content)
            hits = sum(key in rows for key in keys)
            again = (
                "UPDATE rows SET used = ? WHERE key = ? AND used NOT BETWEEN ? AND ?"  # the clock may have run ahead
            )
            self._write(
                database,
                ("UPDATE counts SET hits = hits + ?, misses = misses + ?", [(hits, len(keys) - hits)]),
                (again, [(now, key, now - AGING, now) for key, _, _ in found]),
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
                f"{shown_path(self.path)}: expected three counts, "
                f"got {shown(counts)}; the cache is damaged. Delete the file; "
                "its rows are computed anew."
            )
        return counts[0]


def opened_cache(cache: str | os.PathLike | FeatureCache | None) -> FeatureCache | None:
    """The cache that a parameter names, if any."""
    return cache if cache is None or isinstance(cache, FeatureCache) else FeatureCache(cache)
