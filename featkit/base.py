"""The two bases: `ImageTransformer` (image -> image) and `FeatureExtractor` (image -> row of features).

The law behind both: row i of the output depends on image i alone (and on what was learnt in fit).
This is the only file that imports scikit-learn's private modules.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils._param_validation import (
    HasMethods,
    Integral,
    Interval,
    InvalidParameterError,
    Options,
    Real,
    StrOptions,
    generate_invalid_param_val,
    make_constraint,
)
from sklearn.utils.validation import check_is_fitted

from .exceptions import ImageFormatError
from .image.batches import check_images
from .image.checks import Image, Images

__all__ = [
    "FeatureExtractor",
    "HasMethods",
    "ImageTransformer",
    "Integral",
    "Interval",
    "InvalidParameterError",
    "Options",
    "Real",
    "StrOptions",
    "apply_to_each",
    "generate_invalid_param_val",
    "make_constraint",
]

_SAME_SHAPE_HINT = "Put a Resizer before it, or a ColorConverter where gray and colour are mixed."


def apply_to_each(function: Callable, images: Iterable, metadata: dict[str, Sequence] | None = None) -> list:
    """Call a function on every image of a batch; an error is told the index of its image.

    `metadata` has one value for each image under every keyword that the function shall get.
    """
    return list(_results(function, images, metadata))


def _results(function: Callable, images: Iterable, metadata: dict[str, Sequence] | None) -> Iterator:
    for index, image in enumerate(images):
        told = {name: values[index] for name, values in metadata.items()} if metadata else {}
        try:
            result = function(image, **told)
        except Exception as error:
            error.add_note(f"image {index} of the batch")
            raise
        yield result


class _ImageEstimator(TransformerMixin, BaseEstimator):
    """What both bases share: parameter checks, reading a batch, fitting, tags."""

    _parameter_constraints: dict = {}
    _requires_fit = False
    _image_metadata: tuple[
        str, ...
    ] = ()  # what transform may be told of each image, by keyword; scikit-learn routes it

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls.__metadata_request__transform = dict.fromkeys(cls._image_metadata)  # read by scikit-learn
        super().__init_subclass__(**kwargs)

    def fit(self, X: Images, y: ArrayLike | None = None) -> Self:
        """Check the parameters and the images; learn what there is to learn.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        y : array-like or None, default=None
            Class labels, used by supervised steps only.

        Returns
        -------
        self : object
        """
        self._validate_params()
        self._learn(self._read(X), y)
        return self

    def _learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        """Set the attributes that end in an underscore; nothing for a stateless transformer."""

    def _read(self, X: Any) -> np.ndarray | list[Image]:
        return check_images(X)

    def _images_to_transform(self, X: Any) -> np.ndarray | list[Image]:
        if self._requires_fit:
            check_is_fitted(self)
        else:
            self._validate_params()
        return self._read(X)

    def fit_transform(self, X: Images, y: ArrayLike | None = None, **metadata: Any) -> Any:
        """Fit, then transform.

        Parameters
        ----------
        X : batch of images
        y : array-like or None, default=None
        **metadata : array-likes (n_images,)
            For transform.

        Returns
        -------
        images or features
        """
        return self.fit(X, y).transform(X, **metadata)

    def _metadata_of(self, images: np.ndarray | list[Image], metadata: dict[str, Any]) -> dict[str, Any]:
        """The metadata by position, which must be known and have one value for each image; None is not given."""
        metadata = {name: values for name, values in metadata.items() if values is not None}
        for name, values in metadata.items():
            if name not in self._image_metadata:
                known = ", ".join(self._image_metadata) or "none"
                raise TypeError(f"{type(self).__name__} takes no {name!r} of images in transform; it takes: {known}.")
            if len(values) != len(images):
                raise ImageFormatError(f"Expected {name} of each of {len(images)} images, got {len(values)}.")
        return {name: values.to_numpy() if hasattr(values, "iloc") else values for name, values in metadata.items()}

    def __sklearn_is_fitted__(self) -> bool:
        return not self._requires_fit or any(name.endswith("_") and not name.startswith("_") for name in vars(self))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.requires_fit = self._requires_fit
        return tags


class ImageTransformer(_ImageEstimator, auto_wrap_output_keys=None):
    """Base of steps that turn images into images.

    A leaf defines `_image_transformer`, which reads the parameters once and returns a function image -> image.
    A leaf that learns sets ``_requires_fit = True`` and defines ``_learn(images, y)``.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ImageTransformer
    >>> class Negative(ImageTransformer):
    ...     def _image_transformer(self):
    ...         return lambda image: 255 - image
    >>> Negative().fit_transform(np.zeros((2, 4, 5), dtype=np.uint8)).max()
    np.uint8(255)
    """

    def __init_subclass__(cls, auto_wrap_output_keys: Any = None, **kwargs: Any) -> None:
        # scikit-learn's default would be handed to every leaf anew, and put its images into a DataFrame
        super().__init_subclass__(auto_wrap_output_keys=auto_wrap_output_keys, **kwargs)

    def _image_transformer(self) -> Callable[..., Image]:
        raise TypeError(f"{type(self).__name__} must define _image_transformer(), a function image -> image.")

    def transform(self, X: Images, **metadata: Any) -> np.ndarray | list[Image]:
        """Transform every image.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        **metadata : array-likes (n_images,)
            What the class says that it takes of each image besides.

        Returns
        -------
        images : ndarray or list of ndarray
            A stack ``(n_images, height, width[, 3 or 4])`` where all results agree in shape and dtype, else a list.
        """
        images = self._images_to_transform(X)
        results = _results(self._image_transformer(), images, self._metadata_of(images, metadata))
        return stack_if_equal(results, len(images))

    def set_output(self, *, transform: str | None = None) -> Self:
        """Do nothing: images stay arrays whatever container the feature tables use.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"} or None, default=None
            Accepted so that a Pipeline can pass it on.

        Returns
        -------
        self : object
        """
        return self

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """Pass the names through: an image has no columns.

        Parameters
        ----------
        input_features : array-like of str or None, default=None

        Returns
        -------
        input_features : array-like of str or None
        """
        return input_features


def stack_if_equal(images: Iterable[Image], n_images: int) -> np.ndarray | list[Image]:
    """Stack images that agree in shape and dtype, one by one as they come; put others into a list."""
    images = iter(images)
    first = next(images)
    if first.ndim == 2 and first.shape[1] in (3, 4):  # (n, h, 3) would read as one RGB image
        return [first, *images]
    stack = np.empty((n_images, *first.shape), first.dtype)
    stack[0] = first
    for index, image in enumerate(images, 1):
        if image.shape != first.shape or image.dtype != first.dtype:
            return [*stack[:index], image, *images]
        stack[index] = image
    return stack


class FeatureExtractor(_ImageEstimator):
    """Base of steps that turn each image into one row of named features.

    A leaf defines `_feature_names` and one of `_image_extractor` (returns a function image -> vector) and
    `_stack_extractor` (returns a function stack -> rows); either reads the parameters once per call.
    A feature whose length depends on the image's size sets ``_needs_equal_sizes = True``; its fit keeps
    ``image_shape_``. A leaf that learns sets ``_requires_fit = True`` and defines ``_learn(images, y)``.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import FeatureExtractor
    >>> class Brightness(FeatureExtractor):
    ...     def _image_extractor(self):
    ...         return lambda image: [image.mean()]
    ...     def _feature_names(self):
    ...         return ["brightness"]
    >>> Brightness().set_output(transform="pandas").fit_transform(np.ones((2, 4, 5)))
       brightness
    0         1.0
    1         1.0
    """

    _needs_equal_sizes = False

    def fit(self, X: Images, y: ArrayLike | None = None) -> Self:
        """Check the parameters and the images; learn what there is to learn.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        y : array-like or None, default=None
            Class labels, used by supervised extractors only.

        Returns
        -------
        self : object
        """
        self._validate_params()
        images = self._read(X)
        if self._needs_equal_sizes:
            self.image_shape_ = self._common_shape(images)
        self._learn(images, y)
        return self

    def _image_extractor(self) -> Callable[..., Sequence[float] | np.ndarray]:
        extract_rows = self._stack_extractor()
        if extract_rows is None:
            raise TypeError(f"{type(self).__name__} must define _image_extractor(), a function image -> vector.")
        return lambda image: extract_rows(image[np.newaxis])[0]

    def _stack_extractor(self) -> Callable[[np.ndarray], np.ndarray] | None:
        return None

    def _feature_names(self) -> Sequence[str]:
        raise TypeError(f"{type(self).__name__} must define _feature_names(), the names of its columns.")

    def transform(self, X: Images, **metadata: Any) -> np.ndarray:
        """Extract one row per image.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        **metadata : array-likes (n_images,)
            What the class says that it takes of each image besides.

        Returns
        -------
        features : float ndarray (n_images, n_features)
        """
        images = self._images_to_transform(X)
        if self._needs_equal_sizes:
            self._check_sizes(images)
        told = self._metadata_of(images, metadata)
        if isinstance(images, np.ndarray) and not told and (extract_rows := self._stack_extractor()) is not None:
            return extract_rows(images)
        vectors = apply_to_each(self._image_extractor(), images, told)
        for vector in vectors:
            if np.ndim(vector) != 1:
                raise TypeError(
                    f"{type(self).__name__}._image_extractor() must return a function image -> vector (n_features,); "
                    f"it gave a {type(vector).__name__} of shape {np.shape(vector)}."
                )
        lengths = {len(vector) for vector in vectors}
        if len(lengths) > 1:
            raise ImageFormatError(f"{type(self).__name__} gave rows of unequal length: {sorted(lengths)}.")
        rows = np.asarray(vectors)
        return rows if rows.dtype == np.float32 else rows.astype(np.float64, copy=False)

    def _check_sizes(self, images: np.ndarray | list[Image]) -> None:
        expected = getattr(self, "image_shape_", None)
        found = self._common_shape(images)
        if expected is not None and found != expected:
            raise ImageFormatError(
                f"{type(self).__name__} was fitted on images of shape {expected}, got {found}. {_SAME_SHAPE_HINT}"
            )

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Names of the columns.

        Parameters
        ----------
        input_features : ignored
            Images have no column names.

        Returns
        -------
        names : ndarray of str objects (n_features,)
        """
        if self._needs_equal_sizes:
            check_is_fitted(self, "image_shape_")  # by name: scikit-learn asks nothing of what works without fit
        elif self._requires_fit:
            check_is_fitted(self)
        return np.asarray(self._feature_names(), dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        if self._needs_equal_sizes and not hasattr(self, "image_shape_"):
            return False
        return super().__sklearn_is_fitted__()

    @staticmethod
    def _shape_that_counts(image: Image) -> tuple[int, ...]:
        """Part of an image's shape that the length of its row depends on."""
        return image.shape[:2]

    def _common_shape(self, images: np.ndarray | list[Image]) -> tuple[int, ...]:
        if isinstance(images, np.ndarray):
            return self._shape_that_counts(images[0])
        shapes = [self._shape_that_counts(image) for image in images]
        for index, shape in enumerate(shapes):
            if shape != shapes[0]:
                raise ImageFormatError(
                    f"{type(self).__name__} expected images of one shape, got {shapes[0]} (image 0) and {shape} "
                    f"(image {index}). {_SAME_SHAPE_HINT}"
                )
        return shapes[0]
