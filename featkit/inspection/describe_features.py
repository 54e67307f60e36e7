"""What is wrong with the columns of a feature table."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from .._optional import require

if TYPE_CHECKING:
    from pandas import DataFrame

CHUNK = 512  # columns correlated at once with all before them
MOST_NAMED = 8  # columns in a remark


@dataclass
class FeatureReport:
    """What `describe_features` found.

    Attributes
    ----------
    columns : pandas.DataFrame
        One row per column, by name: n_missing, constant, mean, std, low, high.
    correlated : pandas.DataFrame
        Columns feature, like (the earlier column that it follows most closely) and correlation: those that could go.
    """

    columns: "DataFrame"
    correlated: "DataFrame"

    @property
    def remarks(self) -> list[str]:
        """The same in sentences."""
        missing = self.columns.index[self.columns["n_missing"] > 0]
        constant = self.columns.index[self.columns["constant"]]
        sentences = [f"{len(self.columns)} columns."]
        if len(missing):
            sentences.append(f"Missing values in {_shortened(missing)}.")
        if len(constant):
            sentences.append(f"Constant, so of no use: {_shortened(constant)}.")
        if len(self.correlated):
            sentences.append(f"Nearly the same as an earlier column: {_shortened(self.correlated['feature'])}.")
        return sentences


def describe_features(table: "DataFrame | np.ndarray", *, min_correlation: float = 0.95) -> FeatureReport:
    """Look for missing values, constant columns and columns that say the same.

    Parameters
    ----------
    table : pandas.DataFrame or ndarray (n_images, n_features)
    min_correlation : float in [0, 1], default=0.95
        From which absolute correlation on two columns say the same.

    Returns
    -------
    description : FeatureReport

    Raises
    ------
    ValueError
        When the table has not two axes, or fewer than two rows.

    Notes
    -----
    An infinite value counts as missing. Where a value is missing the mean of its column stands in for it when columns
    are correlated. A column is named once, with the earlier one that it is most like: dropping all that are named
    leaves one of each kind.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from featkit import describe_features
    >>> table = pd.DataFrame({"area": [1, 2, 4, 3], "double": [2, 4, 8, 6], "flat": 5, "hole": [1, np.nan, 0, 5]})
    >>> description = describe_features(table)
    >>> description.correlated[["feature", "like"]].values.tolist()
    [['double', 'area']]
    >>> description.columns["constant"].tolist(), description.columns["n_missing"].tolist()
    ([False, False, True, False], [0, 0, 0, 1])
    """
    pandas = require("pandas", extra="report")
    values = np.asarray(table, dtype=np.float64)
    values = np.where(np.isfinite(values), values, np.nan)
    if values.ndim != 2 or len(values) < 2:
        raise ValueError(f"Expected a table of at least two rows, (n_images, n_features), got shape {values.shape}.")
    names = list(getattr(table, "columns", range(values.shape[1])))
    columns = pandas.DataFrame(values, columns=names).agg(["mean", "std", "min", "max"]).T
    columns = columns.rename(columns={"min": "low", "max": "high"})
    n_missing = np.isnan(values).sum(axis=0)
    columns.insert(0, "n_missing", n_missing)
    columns.insert(1, "constant", ~(columns["high"] > columns["low"]))
    return FeatureReport(columns, _correlated(values, columns, names, min_correlation, pandas))


def _correlated(
    values: np.ndarray, columns: "DataFrame", names: list, min_correlation: float, pandas: ModuleType
) -> "DataFrame":
    usable = np.flatnonzero(~columns["constant"].to_numpy())
    centered = np.nan_to_num(values[:, usable] - columns["mean"].to_numpy()[usable])
    units = centered / np.linalg.norm(centered, axis=0)
    rows = []
    for start in range(0, len(usable), CHUNK):
        stop = min(start + CHUNK, len(usable))
        correlation = units[:, start:stop].T @ units[:, :stop]
        correlation[np.arange(stop) >= np.arange(start, stop)[:, np.newaxis]] = 0  # only with earlier ones
        closest = np.abs(correlation).argmax(axis=1)
        for k, partner in enumerate(closest):
            if abs(correlation[k, partner]) >= min_correlation:
                rows.append((names[usable[start + k]], names[usable[partner]], float(correlation[k, partner])))
    return pandas.DataFrame(rows, columns=["feature", "like", "correlation"])


def _shortened(names: Iterable) -> str:
    texts = [str(name) for name in names]
    rest = f" and {len(texts) - MOST_NAMED} more" if len(texts) > MOST_NAMED else ""
    return ", ".join(texts[:MOST_NAMED]) + rest
