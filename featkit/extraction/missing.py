"""Leave out the rows that hold no features."""

from typing import Any

import numpy as np
from sklearn.utils import _safe_indexing, check_consistent_length

from ..exceptions import shown
from ..image.batches import check_same_index


def drop_missing(features: Any, *others: Any, how: str = "any") -> Any:
    """Drop the rows with missing values, and their labels, paths, groups in step.

    A Pipeline cannot drop rows; do it between extraction and the split.

    Parameters
    ----------
    features : ndarray, pandas or polars DataFrame (n_images, n_features)
        NaN where an image gave no value: no face, no foreground, unreadable.
    *others : array-likes (n_images, ...)
        What belongs to the rows: labels, paths, groups.
    how : {"any", "all"}, default="any"
        Drop a row where any value is missing, or only where all are.

    Returns
    -------
    features, others
        In their own containers, as `train_test_split` returns them; features alone where nothing else was given.

    Raises
    ------
    ValueError
        When lengths or indices differ, `how` is unknown, or no row remains.

    See Also
    --------
    featkit.ImageReader : Its ``find_errors`` tells in advance what cannot be read.
    sklearn.impute.SimpleImputer : Fills missing values instead.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import drop_missing
    >>> X, y = drop_missing(np.array([[1.0, 2.0], [np.nan, 3.0], [4.0, 5.0]]), ["cat", "dog", "cow"])
    >>> X.shape, y
    ((2, 2), ['cat', 'cow'])
    """
    if how not in ("any", "all"):
        raise ValueError(f"Expected how to be 'any' or 'all', got {shown(how)}.")
    check_consistent_length(features, *others)
    for number, other in enumerate(others):
        check_same_index(features, other, f"others[{number}]")
    values = np.asarray(features, dtype=float)
    if values.ndim != 2:
        raise ValueError(f"Expected a table of features (n_images, n_features), got shape {values.shape}.")
    missing = np.isnan(values)
    kept = np.flatnonzero(~(missing.any(axis=1) if how == "any" else missing.all(axis=1)))
    if len(kept) == 0:
        raise ValueError(f"Expected a row without missing values, got none among {len(values)}. how='all' drops less.")
    parts = [_safe_indexing(part, kept) for part in (features, *others)]
    return tuple(parts) if others else parts[0]
