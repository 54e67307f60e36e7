"""Features of one batch of a cluster engine: `transform_batch`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from ..._optional import require
from ...exceptions import ImageFormatError, shown
from ...io.inputs.chunks import chunk_slices
from .._chunks import stack_rows, transform_chunk


def transform_batch(transformer: BaseEstimator, batch: Any, *, column: str = "path") -> Any:
    """Transform the images of a batch as Ray Data, Spark and Dask hand them out, one row for each.

    Parameters
    ----------
    transformer : transformer or Pipeline
        Fitted; from what the column holds to rows of features: an `ImageReader` in front of paths and bytes.
    batch : DataFrame or dict of str to array
        A part of a data set: a table of pandas (Spark's ``mapInPandas``, Dask's ``map_partitions``, Ray's
        ``batch_format="pandas"``), or a dict of columns (Ray's default).
    column : str, default="path"
        Where the images are: paths, the content of files, or arrays.

    Returns
    -------
    rows : DataFrame or dict of str to ndarray
        Of the kind that came: the other columns, ``error`` (None, or why an image gave no features), and the features
        as float32 under their names. Rows depend on their images alone, whatever the batches.

    Raises
    ------
    ImageFormatError
        When the batch is no such table or dict, has no such column, or a column of the name of a feature or ``error``.

    See Also
    --------
    extract_to_parquet : Does the whole on one machine, or on a Dask cluster.
    ChunkedTransformer : The same as a step of a Pipeline.

    Examples
    --------
    >>> import pandas as pd
    >>> from featkit import ColorMoments
    >>> from featkit.extraction import transform_batch
    >>> from featkit.testing import check_pictures
    >>> images = list(check_pictures(3))
    >>> moments = ColorMoments().fit(images)
    >>> rows = transform_batch(moments, pd.DataFrame({"id": [7, 8, 9], "image": images}), column="image")
    >>> rows.shape, rows.columns[:3].tolist()
    ((3, 11), ['id', 'error', 'color_lightness_mean'])
    """
    is_dict = isinstance(batch, Mapping)
    if not (is_dict or hasattr(batch, "iloc")):
        kind = f"{type(batch).__module__.partition('.')[0]} {type(batch).__name__}"
        way = " Call batch.to_pandas()." if hasattr(batch, "to_pandas") else ""
        raise ImageFormatError(f"Expected a table of pandas or a dict of columns, got {kind}.{way}")
    if column not in batch:
        raise ImageFormatError(
            f"Expected a batch with a column {shown(column)}, got {shown(list(batch))}. Name it: column=."
        )
    images = list(batch[column])
    names = [str(name) for name in transformer.get_feature_names_out()]
    others = {name: batch[name] for name in batch if name != column}
    if clash := sorted({"error", *names} & {str(name) for name in others}):
        raise ImageFormatError(f"Expected other columns than 'error' and the features, got {clash}. Rename them.")
    results: list = []
    errors: list[str | None] = [None] * len(images)
    for part in chunk_slices(images, None):
        chunk = transform_chunk(transformer.transform, images[part], on_error="collect", cap=True)
        for index, error in chunk.errors.items():
            errors[part.start + index] = f"{type(error).__name__}: {error}"
        results += chunk.results
    with np.errstate(over="ignore"):
        rows = stack_rows(results, len(names)).astype(np.float32)
    if is_dict:
        return {**others, "error": np.array(errors, object), **dict(zip(names, rows.T))}
    pandas = require("pandas", extra="parquet")
    told = batch.drop(columns=[column]).assign(error=pandas.Series(errors, batch.index, dtype=object))
    return pandas.concat([told, pandas.DataFrame(rows, batch.index, names)], axis=1)
