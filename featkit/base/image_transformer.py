"""Base class of transformers from images to images: row i of the output depends on image i alone."""

from collections.abc import Callable, Iterable
from typing import Any, Self

import numpy as np
from sklearn.utils._set_output import _get_output_config

from ..image.batches import held_images, results_of_each, stack_if_equal
from ..image.checks import Image, Images
from ..image.on_demand.lazy_images import LazyImages
from ._image_estimator import ImageEstimator


def images_of_batch(step: Any, X: Any, images: Iterable[Image], n_images: int) -> Any:
    """Images as a step gives them: a stack where they agree, else a list; a Series where X has an index to be kept.

    Parameters
    ----------
    step : transformer
        Whose output is asked for: where tables are to be of pandas, extractors behind it find the index of X.
    X : batch
        What the step was given.
    images : iterable of ndarray
        What it makes of it.
    n_images : int
        Their number.

    Returns
    -------
    images : ndarray, list of ndarray or Series
    """
    if not keeps_index(step, X):
        return stack_if_equal(images, n_images)
    kept = np.empty(n_images, dtype=object)
    for position, image in enumerate(images):
        kept[position] = image
    return type(X.index.to_series())(kept, index=X.index)


def keeps_index(step: Any, X: Any) -> bool:
    """Whether the index of a batch goes on to what is behind a step: it has one, and tables are to be of pandas."""
    has_index = hasattr(X, "iloc") or (isinstance(X, LazyImages) and X.index is not None)
    return has_index and _get_output_config("transform", step)["dense"] == "pandas"


def lazy_images_of_batch(step: Any, X: Any, images: LazyImages, metadata: dict[str, Any]) -> Any:
    """What a step makes of images on demand: on demand too, or as `images_of_batch` where they take little memory."""
    made = images.followed_by(step, metadata, X.index if keeps_index(step, X) else None)
    held = held_images(made)
    return images_of_batch(step, X, held, len(held)) if made.index is not None and held is not made else held


class ImageTransformer(ImageEstimator, auto_wrap_output_keys=None):
    """Base class of transformers from images to images.

    A subclass defines `image_transformer`, which reads the parameters once and returns a function image -> image.
    One that learns sets ``requires_fit = True`` and defines ``learn(images, y)``. Parameters are stored by the
    constructor under their names; ``parameter_constraints`` says what they may be (types in `featkit.parameters`).
    One that takes metadata of each image names them in its own ``transform(self, X, *, mask=None)``, which returns
    ``self.transform_batch(X, mask=mask)``; the function image -> image then gets them by keyword.

    See Also
    --------
    FeatureExtractor : Base class of transformers from images to rows.
    featkit.testing.check_image_estimator : The contract that subclasses keep.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ImageTransformer
    >>> class Negative(ImageTransformer):
    ...     def image_transformer(self):
    ...         return lambda image: 255 - image
    >>> Negative().fit_transform(np.zeros((2, 4, 5), dtype=np.uint8)).max()
    np.uint8(255)
    """

    def __init_subclass__(cls, auto_wrap_output_keys: Any = None, **kwargs: Any) -> None:
        # scikit-learn's default would be handed to every leaf anew, and put its images into a DataFrame
        super().__init_subclass__(auto_wrap_output_keys=auto_wrap_output_keys, **kwargs)

    def image_transformer(self) -> Callable[..., Image]:
        """Read the parameters and return a function image -> image: the hook that subclasses define.

        Returns
        -------
        transform_image : callable
            Of an image, and of its metadata by keyword.
        """
        raise TypeError(f"{type(self).__name__} must define image_transformer(), a function image -> image.")

    def transform(self, X: Images) -> Any:
        """Transform every image.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.

        Returns
        -------
        images : ndarray or list of ndarray
            A stack ``(n_images, height, width[, 3 or 4])`` where all results agree in shape and dtype, else a list; of
            images that `ImageReader` reads on demand `featkit.image.LazyImages`, where the results take more than
            500 MB. After ``set_output(transform="pandas")`` a Series with the index of X, where X has one.
        """
        return self.transform_batch(X)

    def transform_batch(self, X: Images, **metadata: Any) -> Any:
        """Transform every image with its metadata: what `transform` of a subclass that takes metadata calls.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        **metadata : array-likes (n_images,) or None
            What the function of `image_transformer` takes of each image; None is not given.

        Returns
        -------
        images : ndarray, list of ndarray or Series
            As from `transform`.
        """
        images = self.checked_batch(X)
        told = self._metadata_of(X, len(images), metadata)
        if isinstance(images, LazyImages):
            return lazy_images_of_batch(self, X, images, told)
        return images_of_batch(self, X, results_of_each(self.image_transformer(), images, told), len(images))

    def set_output(self, *, transform: str | None = None) -> Self:
        """Choose the container of the tables behind this step; images stay arrays.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"} or None, default=None
            ``"pandas"`` lets the index of a Series of images or paths come through to the tables; None changes nothing.

        Returns
        -------
        self : object
            This step.
        """
        if transform is not None:
            self._sklearn_output_config = {"transform": transform}  # of this name, clone takes it along
        return self

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """Pass the names through: an image has no columns.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the input's columns.

        Returns
        -------
        input_features : array-like of str or None
            As they came.
        """
        return input_features
