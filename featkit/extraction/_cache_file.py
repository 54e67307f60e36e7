"""The file of a cache: a SQLite database, opened anew for each use, whose rows have checksums."""

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import numpy as np

from ..exceptions import FeatkitError, shown_path

APPLICATION = 0x66656174  # "feat": tells our files from other databases
SCHEMA = """
CREATE TABLE rows (key BLOB PRIMARY KEY, dtype TEXT, row BLOB, used REAL) WITHOUT ROWID;
CREATE INDEX by_use ON rows (used);
CREATE TABLE counts (hits INTEGER, misses INTEGER, bytes INTEGER);
INSERT INTO counts VALUES (0, 0, 0);
"""
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


class CacheError(FeatkitError, OSError):
    """A file that should be a cache of features is damaged, or something else."""


class UnusableCacheError(CacheError):
    """A cache that is locked, read-only, full, gone or another program's file: rows are computed but not kept."""


@contextmanager
def connected(path: str, patience: float) -> Iterator[sqlite3.Connection]:
    """Open the file, waiting so many seconds for others; each use has its own connection: threads share nothing."""
    try:
        with closing(_open(path, patience)) as database:
            yield database
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        if code & 0xFF in NOT_TO_BE_USED:
            raise UnusableCacheError(
                f"{shown_path(path)}: expected a cache of features that can be used, SQLite says: {error}. Check what "
                "the file is, its permissions, who else uses it and the room on the disk, or choose another file."
            ) from error
        raise CacheError(
            f"{shown_path(path)}: the cache is damaged, SQLite says: {error}. Delete the file; its rows are "
            f"computed anew."
        ) from error
    except (OverflowError, UnicodeError) as error:  # a count beyond 64 bits, a text that is none
        raise CacheError(f"{shown_path(path)}: {error}; the cache is damaged. Delete the file.") from error


def _open(path: str, patience: float) -> sqlite3.Connection:
    if not Path(path).parent.is_dir():
        raise UnusableCacheError(
            f"{shown_path(path)}: expected a file in an existing folder, got none. Make the folder."
        )
    database = sqlite3.connect(path, timeout=patience, isolation_level=None)
    try:
        application = database.execute("PRAGMA application_id").fetchone()[0]
        if application != APPLICATION:
            _create(path, database)
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


def _create(path: str, database: sqlite3.Connection) -> None:
    with database:
        database.execute("BEGIN IMMEDIATE")
        if database.execute("PRAGMA application_id").fetchone()[0] == APPLICATION:
            return  # another process was faster
        if database.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
            raise UnusableCacheError(
                f"{shown_path(path)}: expected a cache of features, got another database. Choose another name."
            )
        for statement in SCHEMA.strip().split(";\n"):
            database.execute(statement)
        database.execute(f"PRAGMA application_id = {APPLICATION}")


def row_of(path: str, key: bytes, dtype: str, content: bytes) -> np.ndarray:
    """The numbers of a row, if they are those that were put."""
    with suppress(TypeError, ValueError):
        if DTYPE.fullmatch(dtype):  # NumPy takes other texts for lists of types: some are a SyntaxError
            row = np.frombuffer(content, dtype, offset=CHECKSUM)
            if content == checked_content(key, row):
                return row
    raise CacheError(
        f"{shown_path(path)}: the checksum of a row does not fit; the cache is damaged. Delete the file; its rows are "
        "computed anew."
    )


def checked_content(key: bytes, row: np.ndarray) -> bytes:
    """The numbers of a row behind their checksum, over key, dtype and shape too."""
    content = np.ascontiguousarray(row).tobytes()
    digest = hashlib.blake2b(f"{key.hex()} {row.dtype.str} {row.shape} ".encode(), digest_size=CHECKSUM)
    digest.update(content)
    return digest.digest() + content
