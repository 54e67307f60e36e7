"""Transform images a few at a time, in parallel and out of a cache: `ChunkedTransformer`."""

import os
from collections.abc import Callable, Collection, Sequence
from functools import partial
from numbers import Integral
from typing import Any, Self, TypeAlias

import numpy as np
from joblib import delayed
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, TransformerMixin, clone
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import Bunch, _safe_indexing, check_random_state
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from ..base._callbacks import CallbackSupportMixin, reported_tasks
from ..base.checked_estimator import CheckedEstimator
from ..base.image_transformer import images_of_batch
from ..exceptions import ImageFormatError
from ..image.batches import unpack_batch
from ..io.inputs.chunks import chunk_slices
from ..parameters import COUNT, HasMethods, StrOptions
from ._chunks import Chunk, are_rows, check_told, len_of, told_of_chunk, transform_cached, transform_chunk, warn_of
from ._fingerprint import describe_transformer, digest
from ._fitting import fit_in_parts, fit_on_one_image, is_reader_first, join_results, learning_parts, mask_patterns
from ._native_threads import Workers
from .cache import FeatureCache, opened_cache

Batch: TypeAlias = np.ndarray | Collection[Any]  # of what the transformer takes: images, paths, ...


# The keyword is of scikit-learn's mixin, which has no types: an image must not become a DataFrame.
class ChunkedTransformer(  # type: ignore[call-arg]
    CallbackSupportMixin, MetaEstimatorMixin, TransformerMixin, CheckedEstimator, auto_wrap_output_keys=None
):
    """Run a whole pipeline of image steps chunk by chunk, so that only the chunks in flight are in memory.

    Parameters
    ----------
    transformer : transformer or Pipeline
        From images, or from paths with an `ImageReader` in front, to rows (or images).
    chunk_size : int or None, default=None
        Images that go through the transformer together. None takes as many as fill some 32 MB, by the sizes of files
        and arrays: 15 to 64 of 640 x 480 pixels, one photo of 12 megapixels.
    n_jobs : int or None, default=None
        Workers: threads, unless `backend` or a `joblib.parallel_config` says otherwise. None is 1, -1 all cores. With
        more than one worker the native pools (OpenCV, OpenMP, BLAS) are capped to one thread each, and restored after.
    backend : str or None, default=None
        Of joblib: ``"threading"``, ``"loky"``, ...; None takes the one of `joblib.parallel_config`, else threads.
    cache : str, PathLike, FeatureCache or None, default=None
        File that keeps the rows by content, see `FeatureCache`. Not for transformers that return images. A changed
        class or function of your own is noticed, a changed helper that it uses through a module (``helpers.f``) not.
    on_error : {"raise", "nan"}, default="raise"
        What becomes of an image that cannot be transformed: the error, or a row of NaN and an `ExtractionWarning`.
        Where not a single image can be transformed, the error is raised in any case.
    fit_size : int, default=1000
        Images that steps which learn are fitted on together. When fit gets more, steps of a Pipeline with
        ``partial_fit`` see all, so many at a time; others a random sample of this size.
    random_state : int, RandomState or None, default=0
        Draws the sample.

    Attributes
    ----------
    transformer_ : estimator
        The fitted clone of `transformer`.

    See Also
    --------
    FeatureCache : Keeps rows by the content of their images.
    extract_to_parquet : Writes the rows of any number of images to files.

    Notes
    -----
    Rows are those of the transformer alone, bit for bit, as long as its row i depends on image i alone; featkit's
    steps keep that law. A transformer that learns nothing is fitted on the first image only: fit opens one file. Steps
    that learn from images read them on demand where they would take more than 500 MB (`featkit.image.LazyImages`),
    with ``on_error="raise"``; else up to `fit_size` are in memory.
    Metadata (masks, pixel sizes) is split along with the images and routed to the transformer.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from featkit import HOG, ChunkedTransformer
    >>> images = load_digits().images / 16
    >>> hog = HOG(pixels_per_cell=(4, 4), cells_per_block=(1, 1))
    >>> chunked = ChunkedTransformer(hog, chunk_size=100, n_jobs=2)
    >>> bool((chunked.fit_transform(images) == hog.fit_transform(images)).all())
    True
    """

    _parameter_constraints = {
        "transformer": [HasMethods(["fit", "transform"])],
        "chunk_size": [COUNT, None],
        "n_jobs": [Integral, None],
        "backend": [str, None],
        "cache": [str, os.PathLike, FeatureCache, None],
        "on_error": [StrOptions({"raise", "nan"})],
        "fit_size": [COUNT],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        transformer: BaseEstimator,
        *,
        chunk_size: int | None = None,
        n_jobs: int | None = None,
        backend: str | None = None,
        cache: str | os.PathLike | FeatureCache | None = None,
        on_error: str = "raise",
        fit_size: int = 1000,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.transformer = transformer
        self.chunk_size = chunk_size
        self.n_jobs = n_jobs
        self.backend = backend
        self.cache = cache
        self.on_error = on_error
        self.fit_size = fit_size
        self.random_state = random_state

    def fit(self, X: Batch, y: ArrayLike | None = None, **metadata: Any) -> Self:
        """Fit the transformer: on one image where it learns nothing, else see `fit_size`.

        Parameters
        ----------
        X : batch of images or paths
            Whatever the transformer takes, with a length and slices: also arrays of zarr, h5py, dask, ... on disk.
        y : array-like (n_images,) or None, default=None
            Labels, for steps that use them.
        **metadata : array-likes (n_images,)
            What fit of the transformer asks for.

        Returns
        -------
        self : object
            The fitted transformer.
        """
        with reported_tasks(self, "fit", 1) as advance:
            return self._fit(X, y, metadata, advance)

    def _fit(self, X: Batch, y: ArrayLike | None, metadata: dict[str, Any], advance: Callable[..., None]) -> Self:
        self._validate_params()
        X = unpack_batch(X, "image or path", "path").items
        y = np.asarray(y) if hasattr(y, "__array__") and not hasattr(y, "to_numpy") else y  # of zarr, h5py, dask
        told = process_routing(self, "fit", **metadata).transformer.fit if metadata else {}
        check_consistent_length(X, y, *told.values())
        transformer = clone(self.transformer)
        if learning_parts(transformer):
            rng = check_random_state(self.random_state)
            errors: dict[int, Exception] = {}

            def transform_all(transform, images, positions):
                results, failed = self._transform_all(transform, images, positions=positions)
                errors.update(failed)
                return results

            parts = {"transform_all": transform_all, "fit_size": self.fit_size, "rng": rng}
            fit_in_parts(transformer, X, y, told, skips_nothing=self.on_error == "raise", **parts)
            warn_of(errors, len(X), "nothing is learnt from them")
        else:
            fit_on_one_image(transformer, X, y, told, skip_broken=self.on_error == "nan")
        self.transformer_ = transformer
        advance()
        return self

    def transform(self, X: Batch, **metadata: Any) -> Any:
        """Transform chunk by chunk.

        Parameters
        ----------
        X : batch of images or paths
            Whatever the transformer takes, with a length and slices.
        **metadata : array-likes (n_images,)
            What transform of the transformer asks for, such as ``mask`` or ``pixel_size``.

        Returns
        -------
        features : float ndarray (n_images, n_features)
            Or the container that `set_output` asked for; or images, where the transformer returns images.
        """
        check_is_fitted(self)
        with reported_tasks(self, "transform", len_of(X)) as advance:
            return self._transform(X, metadata, advance)

    def _transform(self, X: Batch, metadata: dict[str, Any], advance: Callable[..., None]) -> Any:
        self._validate_params()
        source, (X, index) = X, unpack_batch(X, "image or path", "path")
        told = process_routing(self, "transform", **metadata).transformer.transform if metadata else {}
        check_told(source, X, told)
        results, errors = self._transform_all(
            self.transformer_.transform, X, told, cache=opened_cache(self.cache), advance=advance
        )
        if len(errors) == len(X):
            raise errors[0]
        warn_of(errors, len(X), "their rows are NaN")
        if not are_rows(results):
            if any(result is None for result in results):
                raise ImageFormatError('Expected on_error="raise" with a transformer of images to images, got "nan".')
            return images_of_batch(self, source, results, len(X))
        table = FunctionTransformer(feature_names_out=lambda *_: self.get_feature_names_out())
        if hasattr(self, "_sklearn_output_config"):
            table.set_output(**self._sklearn_output_config)
        rows = table.transform(join_results(results))
        return rows.set_axis(index) if index is not None and hasattr(rows, "set_axis") else rows

    def fit_transform(self, X: Batch, y: ArrayLike | None = None, **metadata: Any) -> Any:
        """Fit, then transform.

        Parameters
        ----------
        X : batch of images or paths
            Whatever the transformer takes, with a length and slices.
        y : array-like (n_images,) or None, default=None
            Labels, for steps that use them.
        **metadata : array-likes (n_images,)
            What fit and transform of the transformer ask for.

        Returns
        -------
        features : float ndarray (n_images, n_features), or images
            As from `transform`.
        """
        routed = metadata and process_routing(self, "fit_transform", **metadata).transformer
        told = routed or Bunch(fit={}, transform={})
        with reported_tasks(self, "fit_transform", 1 + len_of(X)) as advance:
            return self._fit(X, y, told.fit, advance)._transform(X, told.transform, advance)

    def set_output(self, *, transform: str | None = None) -> Self:
        """Choose the container of the rows; images stay images.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"} or None, default=None
            None leaves it as it is.

        Returns
        -------
        self : object
            This transformer.
        """
        if transform is not None:
            self._sklearn_output_config = {"transform": transform}  # of this name, clone takes it along
        return self

    @available_if(lambda self: hasattr(getattr(self, "transformer_", self.transformer), "get_feature_names_out"))
    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> np.ndarray:
        """Names of the columns: those of the transformer.

        Parameters
        ----------
        input_features : array-like of str or None, default=None

        Returns
        -------
        names : ndarray of str objects (n_features,)
        """
        return getattr(self, "transformer_", self.transformer).get_feature_names_out(input_features)

    def get_metadata_routing(self) -> MetadataRouter:
        """What of the metadata goes to the transformer.

        Returns
        -------
        routing : MetadataRouter
            As scikit-learn asks for it.
        """
        mapping = MethodMapping().add(caller="fit", callee="fit").add(caller="transform", callee="transform")
        mapping.add(caller="fit_transform", callee="fit").add(caller="fit_transform", callee="transform")
        return MetadataRouter(owner=self).add(transformer=self.transformer, method_mapping=mapping)

    def _transform_all(
        self,
        transform: Callable[..., Any],
        X: Batch,
        metadata: dict[str, Sequence] | None = None,
        *,
        positions: Sequence[int] | None = None,
        cache: FeatureCache | None = None,
        advance: Callable[..., None] = lambda n: None,
    ) -> tuple[list, dict[int, Exception]]:
        """Rows or images, None at a failure, and the errors by position: that in X unless others are given."""
        run: Callable[..., Chunk] = transform_chunk
        if cache is not None:
            seen = mask_patterns(self.transformer_), is_reader_first(self.transformer_)
            run = partial(transform_cached, cache, digest(describe_transformer(self.transformer_)), *seen)
        on_error = "raise" if self.on_error == "raise" else "collect"
        positions = range(len(X)) if positions is None else positions
        workers = Workers(self.n_jobs, self.backend)
        tasks = (
            delayed(run)(
                *(transform, _safe_indexing(X, part), told_of_chunk(metadata, part)),
                **{"positions": positions[part], "on_error": on_error, "cap": workers.cap},
            )
            for part in chunk_slices(X, self.chunk_size)
        )
        results: list = []
        errors: dict[int, Exception] = {}
        trouble: str | None = None
        for chunk in workers.results_of(tasks):
            errors |= {positions[len(results) + index]: error for index, error in chunk.errors.items()}
            results += chunk.results
            trouble = trouble or chunk.trouble
            advance(len(chunk.results))
        if cache is not None and trouble is not None:
            cache.give_up(trouble)
        return results, errors

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "transformer_") or not self.__sklearn_tags__().requires_fit

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.three_d_array = False, True
        tags.requires_fit = True
        return tags
