"""What both bases share: parameter checks, reading a batch, fitting, tags."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from ..exceptions import ImageFormatError
from ..image.batches import check_images, check_same_index
from ..image.checks import Image, Images, described
from .checked_estimator import CheckedEstimator


class ImageEstimator(TransformerMixin, CheckedEstimator):
    """What both bases share: parameter checks, reading a batch, fitting, tags."""

    parameter_constraints: dict[str, list] = {}
    requires_fit = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        cls._parameter_constraints = cls.parameter_constraints  # under this name scikit-learn reads it
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
            The fitted step.
        """
        self._validate_params()
        self.learn(self.read_batch(X), y)
        return self

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        """Set the attributes that end in an underscore: a hook for subclasses, which does nothing here.

        Parameters
        ----------
        images : ndarray or list of ndarray
            The checked batch.
        y : array-like or None
            As given to fit.
        """

    def read_batch(self, X: Any) -> np.ndarray | list[Image]:
        """Check a batch: a hook for subclasses that take something else than images.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.

        Returns
        -------
        images : ndarray or list of ndarray
            The checked batch.
        """
        return check_images(X)

    def checked_batch(self, X: Any) -> np.ndarray | list[Image]:
        """Check that the step may transform now, then the batch.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.

        Returns
        -------
        images : ndarray or list of ndarray
            The checked batch.
        """
        if self.requires_fit:
            check_is_fitted(self)
        else:
            self._validate_params()
        return self.read_batch(X)

    def fit_transform(self, X: Any, y: ArrayLike | None = None, **metadata: Any) -> Any:
        """Fit, then transform.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        y : array-like or None, default=None
            Class labels, used by supervised steps only.
        **metadata : array-likes (n_images,)
            What transform takes by keyword.

        Returns
        -------
        output : ndarray, list of ndarray or table
            As from transform.
        """
        return self.fit(X, y).transform(X, **metadata)

    def _metadata_of(self, X: Any, n_images: int, metadata: dict[str, Any]) -> dict[str, Any]:
        """The metadata by position, which must have one value for each image of X; None is not given."""
        metadata = {name: values for name, values in metadata.items() if values is not None}
        for name, values in metadata.items():
            if not hasattr(values, "__len__") or isinstance(values, (str, bytes, dict)) or hasattr(values, "columns"):
                raise ImageFormatError(
                    f"Expected {name} of each of {n_images} images in a list, array or Series, got "
                    f"{described(values)}. One value for all images is a parameter of the step."
                )
            if len(values) != n_images:
                raise ImageFormatError(f"Expected {name} of each of {n_images} images, got {len(values)}.")
            check_same_index(X, values, name)
        return {name: _by_position(values) for name, values in metadata.items()}

    def __sklearn_is_fitted__(self) -> bool:
        return not self.requires_fit or any(name.endswith("_") and not name.startswith("_") for name in vars(self))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.requires_fit = self.requires_fit
        return tags


def _by_position(values: Any) -> Any:
    """Values that an integer finds by position: those of pandas by label, of polars and Arrow in their own types."""
    if hasattr(values, "to_pylist"):
        return values.to_pylist()
    return values.to_numpy() if hasattr(values, "to_numpy") else values
