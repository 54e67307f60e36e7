"""Measurements of the objects in an image: size, form, colour, in any unit of length."""

from collections.abc import Callable, Sequence
from functools import partial

import cv2
import numpy as np
from numpy.typing import ArrayLike

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import foreground_mask
from ...image.checks import Image, Images, full_light
from ...image.colorspaces import convert_color
from ...image.conversions import to_rgb
from ...image.masks.gray_masks import check_silhouette
from ...parameters import COUNT, StrOptions, check_parameters
from ._runs import mask_of_runs, runs_of_mask
from .measures import MEASURES, ORIENTATION, PIXEL_SIZE, PixelSize, check_pixel_size, measured_runs

AGGREGATES = ("largest", "mean", "max")
COLORS = {"rgb": ["red", "green", "blue"], "lab": ["lightness", "lab_a", "lab_b"], None: []}


def _mean_color(image: Image, mask: np.ndarray, color: str) -> Sequence[float]:
    if color == "lab":
        return cv2.mean(convert_color(to_rgb(image)[mask][np.newaxis], "lab"))[:3]
    if image.dtype.kind == "b":
        return [1.0, 1.0, 1.0]
    mean = cv2.mean(np.ascontiguousarray(image), mask.view(np.uint8))
    return [value / full_light(image.dtype) for value in (mean[:3] if image.ndim == 3 else mean[:1] * 3)]


def _color_of_runs(image: Image, runs: np.ndarray, color: str) -> Sequence[float]:
    (top, left, bottom, right), region = mask_of_runs(runs)
    return _mean_color(image[top:bottom, left:right], region, color)


def _chosen(runs: np.ndarray, bounds: np.ndarray, objects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Runs and bounds of some of the objects."""
    kept = [runs[bounds[index] : bounds[index + 1]] for index in objects]
    return np.concatenate(kept), np.cumsum([0, *map(len, kept)])


def region_measurements(
    image: Image,
    *,
    pixel_size: PixelSize = 1.0,
    aggregate: str = "largest",
    min_area: int = 1,
    color: str | None = "rgb",
    orientation: bool = False,
) -> np.ndarray:
    """Count the objects of an image and measure them.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        The objects are the components (8 neighbours) of its foreground, see `featkit.foreground_mask`.
    pixel_size : float > 0 or (float, float), default=1.0
        Length of the side of a pixel, in the unit wanted for the results; a tuple (height, width) where pixels are
        not square.
    aggregate : {"largest", "mean", "max"}, default="largest"
        What becomes of several objects: the one with most pixels (of equal ones the first, row by row), or
        the mean or maximum of each column over the objects.
    min_area : int >= 1, default=1
        Objects of fewer pixels are neither counted nor measured.
    color : {"rgb", "lab"} or None, default="rgb"
        Mean colour over the pixels of the object: red, green and blue in [0, 1]; or CIE lightness in [0, 100], a
        and b; or none. Gray counts as colour with equal parts, a mask as white.
    orientation : bool, default=False
        Whether to tell the direction of the object, too. Leave it out where objects lie as they fall.

    Returns
    -------
    measurements : float64 ndarray (n_features,)
        In the order of `region_measurements_names`.

    See Also
    --------
    RegionMeasurements : The same as an estimator, with the meaning of every column.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import region_measurements
    >>> mask = np.zeros((40, 60), dtype=bool)
    >>> mask[10:30, 5:45] = mask[1:5, 1:5] = True
    >>> region_measurements(mask)[:2]
    array([  2., 800.])
    >>> region_measurements(mask, aggregate="mean")[:2]
    array([  2., 408.])
    """
    check_pixel_size(pixel_size)
    check_parameters(RegionMeasurements, aggregate=aggregate, min_area=min_area, color=color, orientation=orientation)
    return _measurements(check_silhouette(image), pixel_size, aggregate, min_area, color, orientation)


def _measurements(
    image: Image, pixel_size: PixelSize, aggregate: str, min_area: int, color: str | None, orientation: bool
) -> np.ndarray:
    pixel_size = check_pixel_size(pixel_size)
    runs, bounds = runs_of_mask(foreground_mask(image))
    areas = np.add.reduceat(runs[:, 2] - runs[:, 1], bounds[:-1]) if len(runs) else bounds[:0]
    objects = np.flatnonzero(areas >= min_area)
    if len(objects) == 0:
        return np.concatenate([[0.0], np.full(len(_names(color, orientation)) - 1, np.nan)])
    n_objects = len(objects)
    if aggregate == "largest":
        objects = np.argmax(areas, axis=0, keepdims=True)
    if len(objects) < len(areas):
        runs, bounds = _chosen(runs, bounds, objects)
    values = measured_runs(runs, bounds, pixel_size)
    rows = values if orientation else values[:, : len(MEASURES)]
    if color is not None:
        colors = [_color_of_runs(image, runs[start:end], color) for start, end in zip(bounds, bounds[1:])]
        rows = np.concatenate([rows, colors], axis=1)
    if aggregate == "max":
        values = np.max(rows, axis=0)
    else:  # of one row, what the mean gives, zeros without a sign too
        values = rows[0] + 0.0 if len(rows) == 1 else np.mean(rows, axis=0)
    return np.concatenate([[n_objects], values])


def region_measurements_names(
    *,
    pixel_size: PixelSize = 1.0,
    aggregate: str = "largest",
    min_area: int = 1,
    color: str | None = "rgb",
    orientation: bool = False,
) -> list[str]:
    """Names of the columns of `region_measurements`: ``region_count``, ``region_area``, ... ``region_blue``.

    Parameters
    ----------
    pixel_size : float > 0 or (float, float), default=1.0
        Without effect on the names.
    aggregate : {"largest", "mean", "max"}, default="largest"
        Without effect on the names.
    min_area : int >= 1, default=1
        Without effect on the names.
    color : {"rgb", "lab"} or None, default="rgb"
        As in `region_measurements`.
    orientation : bool, default=False
        As in `region_measurements`.

    Returns
    -------
    names : list of str
        In the order of the columns.

    See Also
    --------
    region_measurements : The values.

    Examples
    --------
    >>> from featkit.features.shape import region_measurements_names
    >>> region_measurements_names(color=None)[:3]
    ['region_count', 'region_area', 'region_area_filled']
    """
    check_pixel_size(pixel_size)
    check_parameters(RegionMeasurements, aggregate=aggregate, min_area=min_area, color=color, orientation=orientation)
    return _names(color, orientation)


def _names(color: str | None, orientation: bool) -> list[str]:
    names = ["count", *MEASURES, *(ORIENTATION if orientation else []), *COLORS[color]]
    return [f"region_{name}" for name in names]


class RegionMeasurements(FeatureExtractor):
    """Measurements of the object in an image, the way a botanist takes them: lengths, areas, form, mean colour.

    Parameters
    ----------
    pixel_size : float > 0 or (float, float), default=1.0
        Length of the side of a pixel, in the unit wanted for the results; a tuple (height, width) where pixels are
        not square.
    aggregate : {"largest", "mean", "max"}, default="largest"
        What becomes of several objects: the one with most pixels (of equal ones the first, row by row), or
        the mean or maximum of each column over the objects.
    min_area : int >= 1, default=1
        Objects of fewer pixels are neither counted nor measured.
    color : {"rgb", "lab"} or None, default="rgb"
        Mean colour over the pixels of the object: red, green and blue in [0, 1]; or CIE lightness in [0, 100], a
        and b; or none. Gray counts as colour with equal parts, a mask as white.
    orientation : bool, default=False
        Whether to tell the direction of the object, too. Leave it out where objects lie as they fall.

    See Also
    --------
    featkit.objects.measure_objects : One row for each object.
    PartMeasurements : Parts told apart by their colours.

    Notes
    -----
    ``transform(X, pixel_size=sizes)`` takes one size for each image instead, NaN where it is not known, which leaves
    the columns without a unit; in a Pipeline it arrives by scikit-learn's metadata routing, asked for with
    ``set_transform_request(pixel_size=True)``.

    Stateless. Mixed sizes are welcome. The object is where alpha is at least one half (the whole image when there is
    no alpha); its components (8 neighbours) are the objects. ``u`` is the unit of `pixel_size`. All but area, Euler
    number and colour look at the outline, holes filled; a ring measures like a disk.

    ==================== ===== ============ ====================================================================
    column ``region_``   unit  a pixel has  meaning
    ==================== ===== ============ ====================================================================
    count                1     1            objects of at least `min_area` pixels
    area                 u^2   1            pixels, holes left out
    area_filled          u^2   1            pixels, holes filled
    perimeter            u     4            Crofton's formula in four directions, relative to the convex outline
    feret_diameter_max   u     1.41         largest distance of two points (maximum Feret diameter)
    feret_diameter_min   u     1            least distance of parallel calipers (minimum Feret diameter)
    box_length           u     1            long side of the oriented box of least area
    box_width            u     1            its short side
    axis_major_length    u     1.15         long axis of the ellipse with the same second moments
    axis_minor_length    u     1.15         its short axis
    inscribed_radius     u     0.5          largest circle inside
    circumscribed_radius u     0.71         smallest circle around
    aspect_ratio         1     1.41         feret_diameter_max / feret_diameter_min, at least 1
    circularity          1     0.79         4 pi area_filled / perimeter^2, about 1 for a disk
    solidity             1     1            area_filled / pixels in the convex hull of the pixel centres, in (0, 1]
    extent               1     1            area_filled / area of the oriented box
    eccentricity         1     0            of the ellipse, in [0, 1)
    euler_number         1     1            1 - number of holes
    elongation_cos       1     0            see below
    elongation_sin       1     0            see below
    ==================== ===== ============ ====================================================================

    The direction t of the long axis, counted from the columns' axis anticlockwise as seen, is given as
    ``e cos 2t, e sin 2t`` with ``e = (a^2 - b^2) / (a^2 + b^2)``, a and b the axes: continuous under rotation, and zero
    where there is no direction.

    ======================= =========================================================================
    region                  row
    ======================= =========================================================================
    empty mask              count 0, all else NaN
    all below `min_area`    count 0, all else NaN
    one pixel               the values of the table above; nothing is NaN
    pixels in line          a bar: no length or axis is 0, nothing is NaN
    touches the border      measured as if background followed
    ======================= =========================================================================

    Where pixels are not square, what the lattice of pixels tells is taken from it and then brought to the unit: the
    edge of the object halfway to the next row of pixels, corners further out. Calipers turn, circles grow and moments
    are taken in the unit, and each direction of Crofton's formula counts by the angles that are nearest to it.

    Disks, ellipses and rectangles at any rotation are met within 1 % on average over positions from a radius of
    20 pixels; single lengths and widths scatter by up to half a pixel to either end.

    References
    ----------
    L. R. Feret, "La grosseur des grains des matieres pulverulentes", 1930. M. W. Crofton, "On the theory of local
    probability", Phil. Trans. R. Soc. 158, 1868, doi:10.1098/rstl.1868.0008. S. B. Gray, "Local properties of binary
    images in two dimensions", IEEE Trans. Computers C-20(5), 1971, doi:10.1109/T-C.1971.223289.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import RegionMeasurements
    >>> masks = np.zeros((2, 50, 50), dtype=bool)
    >>> masks[0, 10:30, 5:45] = True
    >>> table = RegionMeasurements(pixel_size=0.5, color=None).fit_transform(masks)
    >>> table[0, :2]
    array([  1., 200.])
    >>> table[1, :2]
    array([ 0., nan])
    """

    measures_foreground = True
    parameter_constraints = {
        "pixel_size": PIXEL_SIZE,
        "aggregate": [StrOptions(set(AGGREGATES))],
        "min_area": [COUNT],
        "color": [StrOptions({"rgb", "lab"}), None],
        "orientation": ["boolean"],
    }

    def __init__(
        self,
        *,
        pixel_size: PixelSize = 1.0,
        aggregate: str = "largest",
        min_area: int = 1,
        color: str | None = "rgb",
        orientation: bool = False,
    ) -> None:
        self.pixel_size = pixel_size
        self.aggregate = aggregate
        self.min_area = min_area
        self.color = color
        self.orientation = orientation

    def transform(self, X: Images, *, pixel_size: ArrayLike | None = None) -> np.ndarray:
        """Measure every image.

        Parameters
        ----------
        X : batch of images
            See `featkit.check_images`.
        pixel_size : array-like (n_images,) or (n_images, 2) or None, default=None
            Side, or height and width, of a pixel of each image in units of length, instead of the parameter.

        Returns
        -------
        measurements : float64 ndarray (n_images, n_features)
            One row for each image, see `region_measurements`.
        """
        return self.transform_batch(X, pixel_size=pixel_size)

    def image_extractor(self) -> Callable[..., np.ndarray]:
        return partial(_measurements, **self.get_params())

    def feature_names(self) -> list[str]:
        return _names(self.color, self.orientation)
