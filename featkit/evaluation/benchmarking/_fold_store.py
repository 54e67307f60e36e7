"""Finished folds on disk, so that a benchmark that was stopped goes on where it was."""

import hashlib
import json
import os
import warnings
from collections.abc import Mapping
from pathlib import Path

import joblib
import numpy as np

from ...exceptions import FileWriteError, shown
from ...io.places import read_file
from ...io.writing import write_atomically
from ._folds import Fold, Plan
from ._targets import Target


class FoldStore:
    """Folder that keeps the record of every candidate and fold.

    A record is found again where the candidate with its parameters, the images, what is predicted, the split, its
    repeat and fold (which decide the smaller training sets), the seed, what is measured and the versions are the same.
    Files given by path count as the same while size and time are.
    """

    def __init__(
        self,
        folder: str | os.PathLike,
        X: np.ndarray | list,
        target: Target,
        random_state: int,
        versions: Mapping[str, str],
    ) -> None:
        self._folder = Path(folder)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileWriteError(
                f"{folder}: expected a folder that can be made for finished folds, got: {error.strerror}.", str(folder)
            ) from error
        self._data = joblib.hash([_identity(X), *target, random_state, sorted(versions.items())])

    def _file(self, plan: Plan, fold: Fold) -> Path:
        changes = [(change.corruption, change.severity, change.transformer) for change in plan.changes]
        split = [fold.repeat, fold.fold, fold.train, fold.test]
        key = joblib.hash([self._data, plan.candidate, plan.train_sizes, changes, split])
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"

    def get(self, plan: Plan, fold: Fold) -> dict | None:
        """Record of a candidate on a fold, or None."""
        file = self._file(plan, fold)
        if not file.exists():
            return None
        try:
            content = json.loads(read_file(file))
            record = content["record"]
            if content["checksum"] != _checksum(record):
                raise ValueError("its checksum does not fit")
            return record
        except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
            warnings.warn(f"{file} is damaged ({shown(error)}); this fold is computed again.", stacklevel=2)
            return None

    def put(self, plan: Plan, fold: Fold, record: dict) -> None:
        """Keep a record; a file is whole or not there."""
        record = json.loads(json.dumps(record))  # as it will come back
        content = json.dumps({"checksum": _checksum(record), "record": record}).encode()
        write_atomically(self._file(plan, fold), lambda stream: stream.write(content))


def _checksum(record: dict) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _identity(X: np.ndarray | list) -> np.ndarray | list:
    if isinstance(X, np.ndarray) and X.dtype.kind not in "OSU":
        return X
    return [_identity_of_file(source) if isinstance(source, (str, os.PathLike)) else source for source in X]


def _identity_of_file(path: str | os.PathLike) -> str | tuple[str, int, int]:
    try:
        status = os.stat(path)
    except OSError:
        return str(path)  # the reader will say what is wrong with it
    return str(path), status.st_size, status.st_mtime_ns
