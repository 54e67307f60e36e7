"""Finished folds on disk, so that a benchmark that was stopped goes on where it was."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import joblib
import numpy as np

from .folds import Fold, Plan


class FoldStore:
    """Folder that keeps the record of every candidate and fold.

    A record is found again where the candidate with its parameters, the images, the classes, the split, the seed, what
    is measured and the versions are the same. Files given by path count as the same while size and time are.
    """

    def __init__(
        self,
        folder: str | os.PathLike,
        X: np.ndarray | list,
        y: np.ndarray,
        random_state: int,
        versions: Mapping[str, str],
    ) -> None:
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._data = joblib.hash([_identity(X), y, random_state, sorted(versions.items())])

    def _file(self, plan: Plan, fold: Fold) -> Path:
        changes = [(change.perturbation, change.severity, change.transformer) for change in plan.changes]
        key = joblib.hash([self._data, plan.candidate, plan.train_sizes, changes, fold.train, fold.test])
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"

    def get(self, plan: Plan, fold: Fold) -> dict | None:
        """Record of a candidate on a fold, or None."""
        file = self._file(plan, fold)
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

    def put(self, plan: Plan, fold: Fold, record: dict) -> None:
        """Keep a record; a file is whole or not there."""
        file = self._file(plan, fold)
        unfinished = file.with_suffix(f".{os.getpid()}.part")
        unfinished.write_text(json.dumps(record), encoding="utf-8")
        unfinished.replace(file)


def _identity(X: np.ndarray | list) -> np.ndarray | list:
    if isinstance(X, np.ndarray) and X.dtype.kind not in "OSU":
        return X
    return [
        (str(source), os.stat(source).st_size, os.stat(source).st_mtime_ns)
        if isinstance(source, (str, os.PathLike))
        else source
        for source in X
    ]
