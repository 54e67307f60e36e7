"""Missing values, constant and redundant columns of a feature table."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from .._optional import require
from ..parameters import FRACTION, check_number

if TYPE_CHECKING:
    from pandas import DataFrame

CHUNK = 512  # columns correlated at once with all up to them
MOST_NAMED = 8  # columns in a remark
_ROUNDING = 10 * np.finfo(np.float64).eps  # of the largest value: what sums in another order differ by


@dataclass
class FeatureReport:
    """Summary statistics and redundant columns of a feature table, as `describe_features` returns them.

    Parameters
    ----------
    columns : pandas.DataFrame
        One row per column, by name: n_missing, constant, mean, std, low, high.
    correlated : pandas.DataFrame
        The redundant columns: feature, like (the column kept that it correlates with most) and correlation.

    See Also
    --------
    describe_features : The function that returns it.
    ImageReport : The same for a folder of images.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import describe_features
    >>> describe_features(np.array([[1.0, 2.0], [2.0, 4.0], [4.0, 8.0]])).remarks
    ['2 columns.', 'Redundant, correlated with an earlier column: 1.']
    """

    columns: "DataFrame"
    correlated: "DataFrame"

    @property
    def remarks(self) -> list[str]:
        """The report in sentences."""
        missing = self.columns.index[self.columns["n_missing"] > 0]
        constant = self.columns.index[self.columns["constant"]]
        sentences = [f"{len(self.columns)} columns."]
        if len(missing):
            sentences.append(f"Missing values in {_shortened(missing)}.")
        if len(constant):
            sentences.append(f"Constant, without information: {_shortened(constant)}.")
        if len(self.correlated):
            sentences.append(f"Redundant, correlated with an earlier column: {_shortened(self.correlated['feature'])}.")
        return sentences


def describe_features(table: "DataFrame | np.ndarray", *, min_correlation: float = 0.95) -> FeatureReport:
    """Describe a feature table: missing values, constant columns, columns that correlate with others.

    Parameters
    ----------
    table : pandas.DataFrame or ndarray (n_images, n_features)
        Numbers; NaN is a missing value.
    min_correlation : float in [0, 1], default=0.95
        Absolute correlation from which on the later of two columns is redundant.

    Returns
    -------
    description : FeatureReport
        Statistics of every column, and the redundant ones.

    Raises
    ------
    ValueError
        When the table has not two axes, or fewer than two rows.
    InvalidParameterError
        When `min_correlation` is not in [0, 1].

    See Also
    --------
    describe_images : The same for a folder of images.
    featkit.inspection.family_importance : What a family of columns is worth to a classifier.

    Notes
    -----
    An infinite value counts as missing. Where a value is missing the mean of its column stands in for it when columns
    are correlated. Columns are kept or found redundant from the first to the last, and compared with those that are
    kept: after dropping the redundant ones, no two columns correlate so strongly, and each dropped one has its like
    among the kept.

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
    min_correlation = check_number("min_correlation", min_correlation, FRACTION)
    values = np.asarray(table, dtype=np.float64)
    values = np.where(np.isfinite(values), values, np.nan)
    if values.ndim != 2 or len(values) < 2:
        raise ValueError(f"Expected a table of at least two rows, (n_images, n_features), got shape {values.shape}.")
    names = list(getattr(table, "columns", range(values.shape[1])))
    columns = pandas.DataFrame(values, columns=names).agg(["mean", "std", "min", "max"]).T
    columns = columns.rename(columns={"min": "low", "max": "high"})
    n_missing = np.isnan(values).sum(axis=0)
    columns.insert(0, "n_missing", n_missing)
    largest = np.maximum(columns["high"].abs(), columns["low"].abs())
    columns.insert(1, "constant", ~(columns["high"] - columns["low"] > _ROUNDING * largest))
    return FeatureReport(columns, _correlated(values, columns, names, min_correlation, pandas))


def _correlated(
    values: np.ndarray, columns: "DataFrame", names: list, min_correlation: float, pandas: ModuleType
) -> "DataFrame":
    usable = np.flatnonzero(~columns["constant"].to_numpy())
    centered = np.nan_to_num(values[:, usable] - columns["mean"].to_numpy()[usable])
    units = centered / np.linalg.norm(centered, axis=0)
    kept = np.zeros(len(usable), dtype=bool)
    rows = []
    for start in range(0, len(usable), CHUNK):
        correlations = units[:, start : start + CHUNK].T @ units[:, : start + CHUNK]
        for column, correlation in enumerate(correlations, start=start):
            with_kept = np.where(kept[: len(correlation)], correlation, 0)  # all of them are earlier columns
            closest = np.abs(with_kept).argmax()
            kept[column] = not kept.any() or abs(with_kept[closest]) < min_correlation
            if not kept[column]:
                rows.append((names[usable[column]], names[usable[closest]], float(with_kept[closest])))
    return pandas.DataFrame(rows, columns=["feature", "like", "correlation"])


def _shortened(names: Iterable) -> str:
    texts = [str(name) for name in names]
    rest = f" and {len(texts) - MOST_NAMED} more" if len(texts) > MOST_NAMED else ""
    return ", ".join(texts[:MOST_NAMED]) + rest
