"""Base class of transformers from images to rows of features: row i of the output depends on image i alone."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._set_output import _get_output_config
from sklearn.utils.validation import check_is_fitted

from ..exceptions import ImageFormatError
from ..image.batches import apply_to_each
from ..image.checks import FEW, Image, Images, has_faint_alpha, warn_of_faint_alpha
from ..image.gray_levels import warn_of_low_range
from ..image.masks.gray_masks import is_gray_mask, warn_of_gray_masks
from ..image.on_demand.lazy_images import LazyImages
from ._image_estimator import ImageEstimator

GROUP_BYTES = 32 << 20  # equal images of a list are worked on together, so many bytes of them at a time
_SAME_SHAPE_HINT = "Put a Resizer before it, or a ColorConverter where gray and colour are mixed."


class FeatureExtractor(ImageEstimator):
    """Base class of transformers from images to rows of named features.

    A subclass defines `feature_names` and one of `image_extractor` (returns a function image -> vector) and
    `stack_extractor` (returns a function stack -> rows); either reads the parameters once per call.
    A feature whose length depends on the image's size sets ``needs_equal_sizes = True``; its fit keeps
    ``image_shape_``. One that sets ``measures_foreground = True`` looks at the form of the foreground alone: gray
    images that look like masks get a warning. One that learns sets ``requires_fit = True`` and defines
    ``learn(images, y)``. Parameters are stored by the constructor under their names; ``parameter_constraints`` says
    what they may be (types in `featkit.parameters`). One that takes metadata of each image names them in its own
    ``transform(self, X, *, pixel_size=None)``, which returns ``self.transform_batch(X, pixel_size=pixel_size)``; the
    function image -> vector then gets them by keyword.

    See Also
    --------
    ImageTransformer : Base class of transformers from images to images.
    featkit.testing.check_image_estimator : The contract that subclasses keep.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import FeatureExtractor
    >>> class Brightness(FeatureExtractor):
    ...     def image_extractor(self):
    ...         return lambda image: [image.mean()]
    ...     def feature_names(self):
    ...         return ["brightness"]
    >>> Brightness().set_output(transform="pandas").fit_transform(np.ones((2, 4, 5)))
       brightness
    0         1.0
    1         1.0
    """

    needs_equal_sizes = False
    measures_foreground = False

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
            The fitted extractor.
        """
        self._validate_params()
        images = self.read_batch(X)
        if self.needs_equal_sizes:
            self.image_shape_ = self._common_shape(images)
        self.learn(images, y)
        return self

    def image_extractor(self) -> Callable[..., Sequence[float] | np.ndarray]:
        """Read the parameters and return a function image -> vector: a hook that subclasses define.

        Returns
        -------
        extract : callable
            Of an image, and of its metadata by keyword; where only `stack_extractor` is defined, of a stack of one.
        """
        extract_rows = self.stack_extractor()
        if extract_rows is None:
            raise TypeError(f"{type(self).__name__} must define image_extractor(), a function image -> vector.")
        return lambda image: extract_rows(image[np.newaxis])[0]

    def stack_extractor(self) -> Callable[[np.ndarray], np.ndarray] | None:
        """Read the parameters and return a function stack -> rows: a hook for fast extractors.

        Returns
        -------
        extract_rows : callable or None
            Of a stack of equal images; None lets every image be extracted by itself.
        """
        return None

    def feature_names(self) -> Sequence[str]:
        """Names of the columns: the hook that subclasses define.

        Returns
        -------
        names : sequence of str
            Lowercase, the family first, numbers padded with zeros so that sorted is in order.
        """
        raise TypeError(f"{type(self).__name__} must define feature_names(), the names of its columns.")

    def transform(self, X: Images) -> np.ndarray:
        """Extract one row per image.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.

        Returns
        -------
        features : float ndarray (n_images, n_features)
            Or the container that `set_output` asked for.
        """
        return self.transform_batch(X)

    def transform_batch(self, X: Images, **metadata: Any) -> np.ndarray:
        """Extract one row per image with its metadata: what `transform` of a subclass that takes metadata calls.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        **metadata : array-likes (n_images,) or None
            What the function of `image_extractor` takes of each image; None is not given.

        Returns
        -------
        features : float ndarray (n_images, n_features)
            Rows in the order of the images.
        """
        images = self.checked_batch(X)
        told = self._metadata_of(X, len(images), metadata)
        if isinstance(images, LazyImages):
            rows = self._rows_of(_Watched(self, images), told)
            index: Any = images.index
            is_kept = index is not None and _get_output_config("transform", self)["dense"] == "pandas"
            return type(index.to_frame())(rows, index=index) if is_kept else rows
        if self.needs_equal_sizes:
            self._check_sizes(images)
        if self.measures_foreground:
            warn_of_gray_masks(images)
        return self._rows_of(images, told)

    def _rows_of(self, images: Iterable[Image], told: dict[str, Any]) -> np.ndarray:
        if told or (extract_rows := self.stack_extractor()) is None:
            return self._rows_of_each(images, told)
        if isinstance(images, np.ndarray):
            return extract_rows(images)
        try:
            groups = [extract_rows(stack) for stack in groups_of_equal_images(images)]
        except Exception:  # of whatever kind: image by image it is raised again, with the index of its image
            return self._rows_of_each(images, told)
        self._check_lengths({rows.shape[1] for rows in groups})
        return groups[0] if len(groups) == 1 else np.concatenate(groups)

    def _rows_of_each(self, images: Iterable[Image], told: dict[str, Any]) -> np.ndarray:
        vectors = apply_to_each(self.image_extractor(), images, told)
        for vector in vectors:
            if np.ndim(vector) != 1:
                raise TypeError(
                    f"{type(self).__name__}.image_extractor() must return a function image -> vector (n_features,); "
                    f"it gave a {type(vector).__name__} of shape {np.shape(vector)}."
                )
        self._check_lengths({len(vector) for vector in vectors})
        rows = np.asarray(vectors)
        return rows if rows.dtype == np.float32 else rows.astype(np.float64, copy=False)

    def _check_lengths(self, lengths: set[int]) -> None:
        if len(lengths) > 1:
            raise ImageFormatError(f"{type(self).__name__} gave rows of unequal length: {sorted(lengths)}.")

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
        input_features : object, default=None
            Ignored: images have no column names.

        Returns
        -------
        names : ndarray of str objects (n_features,)
            In the order of the columns.
        """
        if self.needs_equal_sizes:
            check_is_fitted(self, "image_shape_")  # by name: scikit-learn asks nothing of what works without fit
        elif self.requires_fit:
            check_is_fitted(self)
        return np.asarray(self.feature_names(), dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        if self.needs_equal_sizes and not hasattr(self, "image_shape_"):
            return False
        return super().__sklearn_is_fitted__()

    @staticmethod
    def _shape_that_counts(image: Image) -> tuple[int, ...]:
        """Part of an image's shape that the length of its row depends on."""
        return image.shape[:2]

    def _common_shape(self, images: np.ndarray | list[Image] | LazyImages) -> tuple[int, ...]:
        if isinstance(images, (np.ndarray, LazyImages)):  # on demand, the others are checked as they come
            return self._shape_that_counts(images[0])
        shapes = [self._shape_that_counts(image) for image in images]
        for index, shape in enumerate(shapes):
            if shape != shapes[0]:
                raise ImageFormatError(
                    f"{type(self).__name__} expected images of one shape, got {shapes[0]} (image 0) and {shape} "
                    f"(image {index}). {_SAME_SHAPE_HINT}"
                )
        return shapes[0]


class _Watched:
    """Images that are read on demand, checked as they come by what is checked of a whole batch in memory."""

    def __init__(self, extractor: FeatureExtractor, images: LazyImages) -> None:
        self.extractor = extractor
        self.images = images

    def __iter__(self) -> Iterator[Image]:
        extractor, is_gray, brightest = self.extractor, False, []
        faint: list[Image] = []
        for index, image in enumerate(self.images):
            if extractor.needs_equal_sizes:
                try:
                    extractor._check_sizes([image])
                except ImageFormatError as error:
                    error.add_note(f"image {index} of the batch")
                    raise
            if extractor.measures_foreground and not is_gray and (is_gray := is_gray_mask(image)):
                warn_of_gray_masks([image])
            if image.dtype == np.uint16:
                brightest.append(np.full((1, 1), image[..., :3].max() if image.ndim == 3 else image.max()))
            if not faint and has_faint_alpha(image):
                faint.append(np.full((FEW, 1, 4), image[..., 3].max()))
            yield image
        warn_of_low_range(brightest)
        warn_of_faint_alpha(faint)


def groups_of_equal_images(images: Iterable[Image]) -> Iterator[np.ndarray]:
    """Yield the images of a batch in order, as stacks of neighbours that agree in shape and dtype."""
    group: list[Image] = []
    for image in images:
        if group:
            is_full = len(group) >= GROUP_BYTES // max(1, group[0].nbytes)
            if is_full or (image.shape, image.dtype) != (group[0].shape, group[0].dtype):
                yield _stacked(group)
                group = []
        group.append(image)
    if group:
        yield _stacked(group)


def _stacked(group: list[Image]) -> np.ndarray:
    return group[0][np.newaxis] if len(group) == 1 else np.stack(group)
