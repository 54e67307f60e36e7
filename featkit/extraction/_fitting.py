"""Fit a transformer of images that do not fit into memory together."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing, get_tags
from sklearn.utils.validation import check_is_fitted

from ..base.image_transformer import ImageTransformer
from ..exceptions import FeatkitError, ImageFormatError, ImageReadError
from ..image.batches import stack_if_equal
from ..image.on_demand.lazy_images import HELD_BYTES
from ..io.image_reader import ImageReader
from ..io.inputs.shards import Part
from ..io.places import MAX_BYTES
from ._chunks import are_rows, stack_rows, transform_chunk


def learning_parts(transformer: BaseEstimator) -> list[BaseEstimator]:
    """Estimators within a transformer that learn from images; an empty list says that one image fits it.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.pipeline import make_pipeline
    >>> from featkit import HOG, ImageReader
    >>> from featkit.extraction._fitting import learning_parts
    >>> learning_parts(make_pipeline(ImageReader(), HOG(), PCA()))
    [PCA()]
    """
    leaves = [one for one in (transformer, *_inner_estimators(transformer)) if not _inner_estimators(one)]
    return [leaf for leaf in leaves if get_tags(leaf).requires_fit]


def _inner_estimators(estimator: BaseEstimator) -> list[BaseEstimator]:
    values = estimator.get_params(deep=True).values()
    return [value for value in values if hasattr(value, "get_params") and hasattr(value, "fit")]


def mask_patterns(transformer: BaseEstimator) -> list[str]:
    """Patterns by which readers within a transformer find masks in files beside the images."""
    readers = [transformer, *_inner_estimators(transformer)]
    return sorted({pattern for reader in readers if isinstance(pattern := getattr(reader, "mask_pattern", None), str)})


def is_reader_first(transformer: BaseEstimator) -> bool:
    """Whether nothing but an `ImageReader` sees the sources."""
    while isinstance(transformer, Pipeline):
        transformer = transformer.steps[0][1]
    return isinstance(transformer, ImageReader)


def max_bytes_of(transformer: BaseEstimator) -> int:
    """Largest file that the readers within a transformer take: also the limit of what is fetched for them."""
    readers = [one for one in (transformer, *_inner_estimators(transformer)) if isinstance(one, ImageReader)]
    return max((int(reader.max_bytes) for reader in readers), default=MAX_BYTES)


def fit_on_one_image(
    transformer: BaseEstimator, X: Any, y: ArrayLike | None, metadata: dict[str, Any], *, skip_broken: bool
) -> BaseEstimator:
    """Fit a transformer that learns nothing on the first image, or on the first that it can transform."""
    errors = {}
    for index in range(len(X)):
        one = [index]
        told = {name: _safe_indexing(values, one) for name, values in metadata.items()}
        try:
            labels = None if y is None else _safe_indexing(y, one)
            transformer.fit(_safe_indexing(X, one), labels, **told)
            if skip_broken:  # a reader opens no file in fit
                transformer.transform(_safe_indexing(X, one), **told)
            return transformer
        except (FeatkitError, OSError) as error:
            if not skip_broken:
                raise
            errors[index] = error
    raise ValueError(
        f"Expected at least one image that can be transformed, got none among {len(errors)}; the first error was: "
        f"{errors[0]}"
    ) from errors[0]


def fit_in_parts(
    transformer: BaseEstimator,
    X: Any,
    y: ArrayLike | None,
    metadata: dict[str, Any],
    *,
    transform_all: Callable[..., list],
    fit_size: int,
    rng: np.random.RandomState,
    skips_nothing: bool,
) -> BaseEstimator:
    """Fit a transformer that learns.

    Parameters
    ----------
    transformer : estimator
        Fitted in place.
    X, y : batch of images, array-like or None
    metadata : dict
        Arguments of fit that hold one value for each image.
    transform_all : callable
        ``(transform, X, positions) -> list`` of rows or images, None where an image failed; goes chunk by chunk, and
        tells errors by the positions of the images in the whole batch.
    fit_size : int
        Up to so many images are learnt from together. Of more, the steps of a Pipeline that have ``partial_fit`` see
        all, `fit_size` at a time, and the others a random sample.
    rng : numpy.random.RandomState
    skips_nothing : bool
        Whether images that fail are errors. Images that a step learns from are read on demand where they take much
        memory; where those that fail are skipped, they are read once more before, to find out which.
    """
    n_images = len(X)
    if n_images <= fit_size:
        sample, blocks = np.arange(n_images), None
    else:
        sample = np.sort(rng.permutation(n_images)[:fit_size])
        blocks = np.array_split(np.arange(n_images), n_images // fit_size)
    images = _safe_indexing(X, sample)
    labels = None if y is None else _safe_indexing(y, sample)
    if metadata or not isinstance(transformer, Pipeline):
        return transformer.fit(images, labels, **{k: _safe_indexing(v, sample) for k, v in metadata.items()})
    before: list[BaseEstimator] = []
    pending: list[BaseEstimator] = []
    for _, step in transformer.steps:
        if step in (None, "passthrough"):
            continue
        if not learning_parts(step):
            step.fit(_first_output(pending, images))
        else:
            images, labels, sample = _outputs(pending, images, labels, sample, transform_all, skips_nothing)
            pending = []
            if blocks is not None and hasattr(step, "partial_fit"):
                for block in blocks:
                    labels_of_block = None if y is None else _safe_indexing(y, block)
                    rows, labels_of_block, _ = _outputs(
                        before, _safe_indexing(X, block), labels_of_block, block, transform_all, skips_nothing
                    )
                    if len(rows) > 0:
                        step.partial_fit(rows, labels_of_block)
            else:
                step.fit(images, labels)
        before.append(step)
        pending.append(step)
    return transformer


def _first_output(steps: list[BaseEstimator], images: Any) -> Any:
    for index in range(len(images)):
        try:
            one = _safe_indexing(images, [index])
            for step in steps:
                one = step.transform(one)
            return one
        except (FeatkitError, OSError):
            if index + 1 == len(images):
                raise
    return images


def _outputs(
    steps: list[BaseEstimator],
    images: Any,
    labels: Any,
    positions: np.ndarray,
    transform_all: Callable[..., list],
    skips_nothing: bool,
) -> tuple[Any, Any, np.ndarray]:
    """What comes out of fitted steps, and the labels and positions of those images that came through."""
    if not steps:
        return images, labels, positions

    def transform(sources):
        for step in steps:
            sources = step.transform(sources)
        return sources

    are_images = all(isinstance(step, ImageTransformer) for step in steps)
    if skips_nothing and are_images:
        return transform(images), labels, positions  # on demand, where they take much memory
    is_much = are_images and _first_output(steps, images)[0].nbytes * len(images) > HELD_BYTES
    results = transform_all(partial(_nothing_of, transform) if is_much else transform, images, positions)
    kept = [index for index, result in enumerate(results) if result is not None]
    labels = None if labels is None else _safe_indexing(labels, kept)
    if is_much:  # on demand as above, once it is known which of them can be read
        return transform(_safe_indexing(images, kept)), labels, positions[kept]
    return join_results([results[index] for index in kept]), labels, positions[kept]


def _nothing_of(transform: Callable[..., Any], sources: Any) -> list[np.ndarray]:
    """A row without columns for each image that can be transformed; the images themselves are let go."""
    return [np.empty(0) for _ in transform(sources)]


def join_results(results: list[np.ndarray]) -> np.ndarray | list[np.ndarray]:
    """Rows in one table; images in a stack where they agree in shape and dtype, else in a list."""
    if are_rows(results):
        return stack_rows(results)
    return stack_if_equal(results, len(results))


def ready_transformer(
    transformer: BaseEstimator, parts: Iterator[Part]
) -> tuple[BaseEstimator, list[str], Iterator[Part]]:
    """A transformer that can be applied, its feature names, and all parts.

    Parameters
    ----------
    transformer : estimator
        Taken as it is where something in it learns, which must be fitted; else a clone is fitted on the first image.
    parts : iterator of parts
        See `find_images`.

    Returns
    -------
    transformer : estimator
    names : list of str
    parts : iterator of parts
        Those that were looked into included.
    """
    if learners := learning_parts(transformer):
        for learner in learners:
            check_is_fitted(
                learner,
                msg="Expected %(name)s to be fitted, since it learns from images: fit the transformer on some that are "
                "drawn at random, e.g. ChunkedTransformer(transformer).fit(paths).transformer_.",
            )
    transformer = transformer if learners else clone(transformer)
    seen, first_error = [], None
    for part in parts:
        seen.append(part)
        items = part.open()
        while True:
            try:
                if (item := next(items, None)) is None:
                    break
                if not learners:
                    transformer.fit([item.source])
                row = transform_chunk(transformer.transform, [item.source]).results[0]
            except (FeatkitError, OSError) as error:
                first_error = first_error or error
                continue
            if not are_rows([row]):
                raise ImageFormatError(f"Expected a transformer from images to rows of features, got {np.shape(row)}.")
            return transformer, _names_of(transformer, len(row)), chain(seen, parts)
    raise ImageReadError(
        f"Expected an image that gives features, got none; the first error was: {first_error or 'no image at all'}"
    ) from first_error


def _names_of(transformer: BaseEstimator, n_features: int) -> list[str]:
    if hasattr(transformer, "get_feature_names_out"):
        return [str(name) for name in transformer.get_feature_names_out()]
    return [f"feature_{index:0{len(str(n_features - 1))}}" for index in range(n_features)]
