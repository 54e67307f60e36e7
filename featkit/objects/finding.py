"""Objects of an image: found in its foreground or in a label image, chosen by size and form, numbered."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.ndimage import minimum_filter

from ..base.image_transformer import ImageTransformer
from ..exceptions import ImageFormatError
from ..features.shape._runs import runs_of_labels, runs_of_mask
from ..features.shape.measures import (
    MEASURES,
    PIXEL_SIZE,
    PixelSize,
    check_labels,
    check_pixel_size,
    measured_runs,
)
from ..image.alpha import foreground_mask, split_alpha, with_alpha
from ..image.checks import Image, Images, check_image, check_mask
from ..image.masks.components import remove_small_components
from ..image.masks.conversion import refuse_touching_labels, warn_of_void
from ..image.masks.gray_masks import warn_of_gray_masks
from ..parameters import FRACTION, FROM_0, StrOptions, check_number, check_option
from .image_objects import Objects
from .splitting import NECK, split_touching

ORDERS = ("row", "size")


def _all_objects(
    image: Image | None, mask: np.ndarray | None, labels: np.ndarray | None, split: bool, neck: float, min_size: float
) -> Objects:
    if mask is not None and labels is not None:
        raise ImageFormatError("Expected a mask or a label image, got both.")
    if image is not None:
        check_image(image)
    if labels is not None:
        foreground = check_labels(labels)
        warn_of_void(foreground)
    elif mask is not None:
        foreground = check_mask(mask)
        refuse_touching_labels(mask)
    elif image is not None:
        warn_of_gray_masks([image])
        foreground = foreground_mask(image)
    else:
        raise ImageFormatError("Expected an image, a mask or a label image to find objects in, got none.")
    if image is not None and foreground.shape != image.shape[:2]:
        raise ImageFormatError(
            f"Expected a mask or label image of the size of the image, {image.shape[:2]}, got {foreground.shape}."
        )
    if foreground.dtype == bool and not split:
        runs, bounds = runs_of_mask(foreground)
        return Objects(foreground.shape, np.arange(1, len(bounds)), runs, bounds)
    if split:
        if foreground.dtype == bool and min_size > 1:  # dust need not be looked at
            foreground = remove_small_components(foreground, 0.0, int(np.ceil(min_size)))
        foreground = split_touching(foreground, neck=neck, min_size=min_size)
    return Objects(foreground.shape, *runs_of_labels(foreground))


def find_objects(
    image: Image | None = None,
    *,
    mask: np.ndarray | None = None,
    labels: np.ndarray | None = None,
    min_size: float = 0,
    max_size: float | None = None,
    min_fraction: float = 0,
    min_circularity: float = 0,
    max_circularity: float | None = None,
    clear_border: bool = False,
    split: bool = False,
    neck: float = 0.85,
    order: str = "row",
    pixel_size: PixelSize = 1.0,
) -> Objects:
    """Find the objects of an image, from its foreground, a mask or a label image.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4]) or None, default=None
        Its foreground, where alpha is at least one half, is taken apart into components (8 neighbours); without alpha
        the whole image is one object.
    mask : bool ndarray (height, width) or None, default=None
        Foreground to take instead.
    labels : ndarray (height, width) of whole numbers or None, default=None
        Label image to take instead, 0 is background: the pixels of one number are one object.
    min_size, max_size : float >= 0, default=0, None
        Least and largest area, in the square of the unit of `pixel_size`, in pixels where that is 1. None is no limit.
    min_fraction : float in [0, 1], default=0
        Least area as a fraction of the largest object that keeps all other limits.
    min_circularity, max_circularity : float >= 0, default=0, None
        Limits of roundness, 4 pi area / perimeter^2 of the outline: about 1 for a disk, 0.79 for a square, less for
        what is long or ragged. None is no limit.
    clear_border : bool, default=False
        Whether to leave out objects that touch the border of the image.
    split : bool, default=False
        Whether to part objects that touch or overlap, see `split_touching`.
    neck : float in (0, 1], default=0.85
        Objects are parted where what joins them is at most so wide, as a fraction of the width of the narrower one.
    order : {"row", "size"}, default="row"
        Objects come row by row or the largest first; those of a label image by their labels instead of by row.
    pixel_size : float > 0 or (float, float), default=1.0
        Side of a pixel, or its height and width, in the unit of the sizes.

    Returns
    -------
    objects : Objects
        A sequence of objects, each with number, box, centre, area, mask and whether it touches the border. Numbers
        are 1, 2, ... in this order, but for a label image, where an object keeps its label.

    Raises
    ------
    ImageFormatError
        When there is nothing to find objects in, both mask and labels are given, or sizes disagree.

    See Also
    --------
    ObjectFinder : The same for batches, as a step.
    measure_objects : One row of features each.

    Examples
    --------
    >>> from featkit.datasets import make_shapes
    >>> from featkit.objects import find_objects
    >>> image = make_shapes(1, random_state=0).images[0]
    >>> [found.box for found in find_objects(mask=image > 127)]
    [(36, 13, 95, 113)]
    """
    check_option("order", order, ORDERS)
    pixel_height, pixel_width = check_pixel_size(pixel_size)
    pixel_area = pixel_height * pixel_width
    min_size = check_number("min_size", min_size, FROM_0)
    min_fraction = check_number("min_fraction", min_fraction, FRACTION)
    min_circularity = check_number("min_circularity", min_circularity, FROM_0)
    if np.isnan(pixel_area) and (min_size or max_size is not None):
        raise ImageFormatError("Expected a known pixel_size where sizes of objects are limited, got NaN.")
    objects = _all_objects(image, mask, labels, split, neck, min_size / pixel_area if min_size else 0.0)
    is_kept = np.ones(len(objects), bool)
    if min_size:
        is_kept &= objects.areas * pixel_area >= min_size * (1 - 1e-12)
    if max_size is not None:
        is_kept &= objects.areas * pixel_area <= check_number("max_size", max_size, FROM_0) * (1 + 1e-12)
    if clear_border:
        is_kept &= ~objects.touches_border
    if min_circularity or max_circularity is not None:
        values = measured_runs(objects.runs, objects.bounds, pixel_size, ["circularity"])
        circularity = values[:, list(MEASURES).index("circularity")]
        is_kept &= circularity >= min_circularity
        if max_circularity is not None:
            is_kept &= circularity <= check_number("max_circularity", max_circularity, FROM_0)
    if min_fraction and is_kept.any():
        is_kept &= objects.areas >= min_fraction * (1 - 1e-12) * objects.areas[is_kept].max()
    places = np.flatnonzero(is_kept)
    first_pixels = objects.runs[objects.bounds[:-1]][places]
    if order == "size":
        places = places[np.lexsort([first_pixels[:, 1], first_pixels[:, 0], -objects.areas[places]])]
    elif labels is None:
        places = places[np.lexsort([first_pixels[:, 1], first_pixels[:, 0]])]
    if len(places) < len(objects) or (np.diff(places) < 0).any():
        objects = objects.chosen(places)
    if labels is None:
        objects.numbers = np.arange(1, len(objects) + 1)
    return objects


class ObjectFinder(ImageTransformer):
    """Find the objects of images; as a step it leaves in the foreground what is an object.

    Parameters
    ----------
    min_size, max_size : float >= 0, default=0, None
        Least and largest area, in the square of the unit of `pixel_size`, in pixels where that is 1. None is no limit.
    min_fraction : float in [0, 1], default=0
        Least area as a fraction of the largest object that keeps all other limits.
    min_circularity, max_circularity : float >= 0, default=0, None
        Limits of roundness, 4 pi area / perimeter^2 of the outline: about 1 for a disk, 0.79 for a square, less for
        what is long or ragged. None is no limit.
    clear_border : bool, default=False
        Whether to leave out objects that touch the border of the image.
    split : bool, default=False
        Whether to part objects that touch or overlap, see `split_touching`.
    neck : float in (0, 1], default=0.85
        Objects are parted where what joins them is at most so wide, as a fraction of the width of the narrower one.
    order : {"row", "size"}, default="row"
        Objects come row by row or the largest first; those of a label image by their labels instead of by row.
    pixel_size : float > 0 or (float, float), default=1.0
        Side of a pixel, or its height and width, in the unit of the sizes.

    See Also
    --------
    find_objects : The function for one image.
    ObjectTable : One row for each object.

    Notes
    -----
    Stateless. Mixed sizes are welcome. ``transform(X, mask=masks)`` and ``transform(X, labels=labels)`` take the
    foreground or a label image of each image instead of its alpha channel. In the images that come out alpha is 0
    outside the objects; where two objects touch, a line one pixel wide is taken from the one with the higher number,
    so that they stay apart. `find` gives the objects themselves, to the last pixel.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.objects import ObjectFinder
    >>> masks = np.zeros((1, 40, 60), dtype=bool)
    >>> masks[0, 10:30, 5:45] = masks[0, 1:5, 50:55] = True
    >>> finder = ObjectFinder(min_size=100)
    >>> finder.fit_transform(masks).sum(), len(finder.find(masks[0]))
    (np.int64(800), 1)
    """

    parameter_constraints = {
        "min_size": [FROM_0],
        "max_size": [FROM_0, None],
        "min_fraction": [FRACTION],
        "min_circularity": [FROM_0],
        "max_circularity": [FROM_0, None],
        "clear_border": ["boolean"],
        "split": ["boolean"],
        "neck": [NECK],
        "order": [StrOptions(set(ORDERS))],
        "pixel_size": PIXEL_SIZE,
    }

    def __init__(
        self,
        *,
        min_size: float = 0,
        max_size: float | None = None,
        min_fraction: float = 0,
        min_circularity: float = 0,
        max_circularity: float | None = None,
        clear_border: bool = False,
        split: bool = False,
        neck: float = 0.85,
        order: str = "row",
        pixel_size: PixelSize = 1.0,
    ) -> None:
        self.min_size = min_size
        self.max_size = max_size
        self.min_fraction = min_fraction
        self.min_circularity = min_circularity
        self.max_circularity = max_circularity
        self.clear_border = clear_border
        self.split = split
        self.neck = neck
        self.order = order
        self.pixel_size = pixel_size

    def transform(self, X: Images, *, mask: Any = None, labels: Any = None) -> Any:
        """Leave in the foreground of every image what is an object.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        mask : sequence of bool ndarray (height, width) or None, default=None
            Foreground of each image, instead of its alpha channel.
        labels : sequence of ndarray (height, width) or None, default=None
            Label image of each image, instead of its alpha channel.

        Returns
        -------
        images : ndarray or list of ndarray
            RGBA, alpha 0 outside the objects; of masks the masks of the objects.
        """
        return self.transform_batch(X, mask=mask, labels=labels)

    def find(self, image: Image | None = None, **where: Any) -> Objects:
        """Find the objects of one image.

        Parameters
        ----------
        image : ndarray (height, width[, 3 or 4]) or None, default=None
            Its alpha channel tells the foreground, unless that is given.
        **where : ndarray (height, width)
            ``mask`` or ``labels`` of the image, or a ``pixel_size`` other than the finder's; see `find_objects`.

        Returns
        -------
        objects : Objects
            In the order of the finder.
        """
        self._validate_params()
        return find_objects(image, **self.get_params() | where)

    def image_transformer(self) -> Callable[..., Image]:
        def keep_objects(image: Image, **where: Any) -> Image:
            kept = _apart(self.find(image, **where).labels)
            color, alpha = split_alpha(image)
            if image.dtype.kind == "b":
                return kept
            return with_alpha(color, kept if alpha is None else np.where(kept, alpha, alpha.dtype.type(0)))

        return keep_objects


def _apart(labels: np.ndarray) -> np.ndarray:
    """Foreground of a label image without the pixels that touch an object of a lower number."""
    highest = np.iinfo(labels.dtype).max
    lowest = minimum_filter(np.where(labels > 0, labels, highest), 3, mode="nearest")
    return (labels > 0) & (lowest == labels)
