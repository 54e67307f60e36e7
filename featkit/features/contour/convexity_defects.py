"""Convexity defects: how many dents an outline has, how deep they are, and the lobes between them."""

from collections.abc import Callable
from functools import partial
from numbers import Real

import numpy as np
from scipy.spatial import ConvexHull

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import foreground_mask
from ...image.checks import Image
from ...image.masks.gray_masks import check_silhouette
from ...parameters import Interval, check_parameters
from ..shape.measures import PIXEL_SIZE, PixelSize, check_pixel_size
from ._outline import outline, pixel_ratio, smooth_outline

MEASURES = ("defect_count", "defect_depth_max", "defect_depth_mean", "defect_area", "lobe_count")
MIN_DEPTH = Interval(Real, 0, 1, closed="left")
CONTACT = 1e-3  # pixels: of points in line, which of them are corners of the hull is left to chance
LEAST_DEPTH = 1.0  # pixels: less than that is the stairs of the outline
N_POINTS = 1024


def convexity_defects(image: Image, *, min_depth: float = 0.05, pixel_size: PixelSize = 1.0) -> np.ndarray:
    """Count and measure the convexity defects and the lobes of an object.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        The object is the component of its foreground whose outer outline encloses most, see
        `featkit.foreground_mask`.
    min_depth : float in [0, 1), default=0.05
        Least depth of a defect, in diameters of the disk of the same area; less than a pixel never counts.
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    Returns
    -------
    measures : float64 ndarray (5,)
        defect_count, defect_depth_max, defect_depth_mean, defect_area, lobe_count; see `ConvexityDefects`. NaN where
        nothing is enclosed.

    See Also
    --------
    featkit.ConvexityDefects : The same as a transformer, and what each measure means.
    convexity_defects_names : Names of the columns.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.contour import convexity_defects
    >>> row, col = np.mgrid[-50:51, -50:51]
    >>> heart = (np.hypot(row, col - 20) <= 22) | (np.hypot(row, col + 20) <= 22)
    >>> convexity_defects(heart)[[0, 4]]
    array([2., 2.])
    """
    check_parameters(ConvexityDefects, min_depth=min_depth)
    return _measurements(check_silhouette(image), min_depth=min_depth, pixel_size=pixel_size)


def _measurements(image: Image, *, min_depth: float, pixel_size: PixelSize) -> np.ndarray:
    ratio = pixel_ratio(pixel_size)
    traced = outline(foreground_mask(image))
    if traced is None:
        return np.full(len(MEASURES), np.nan)
    points = smooth_outline(traced, N_POINTS, ratio)
    hull = ConvexHull(points, qhull_options="QJ")  # joggled: points in line are no error
    area = _area(points)
    diameter = 2 * np.sqrt(area / np.pi)
    depths = _depths(points, np.sort(hull.vertices))
    depths = depths[depths >= max(min_depth * diameter, LEAST_DEPTH * max(1.0, ratio))] / diameter
    n_defects = len(depths)
    depth_max, depth_mean = (depths.max(), depths.mean()) if n_defects else (0.0, 0.0)
    n_lobes = n_defects if n_defects > 1 else n_defects + 1
    return np.array([n_defects, depth_max, depth_mean, max(1 - area / hull.volume, 0), n_lobes])


def _area(points: np.ndarray) -> float:
    row, col = points.T
    return abs(float(row @ np.roll(col, -1) - col @ np.roll(row, -1))) / 2


def _depths(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Of every pocket between two neighbouring contacts of outline and hull, how far the outline lies from the line."""
    depths = []
    for k, first in enumerate(corners):
        last = corners[(k + 1) % len(corners)]
        pocket = points[first : last + 1] if first < last else np.concatenate([points[first:], points[: last + 1]])
        chord = pocket[-1] - pocket[0]
        across = pocket - pocket[0]
        length = max(float(np.hypot(*chord)), 1e-9)
        distances = np.abs(across[:, 0] * chord[1] - across[:, 1] * chord[0]) / length
        depths.append(np.maximum.reduceat(distances, np.flatnonzero(distances < CONTACT)))
    return np.concatenate(depths)


def convexity_defects_names(*, min_depth: float = 0.05, pixel_size: PixelSize = 1.0) -> list[str]:
    """Names of the columns of `convexity_defects`.

    Parameters
    ----------
    min_depth : float in [0, 1), default=0.05
        Without effect on the names.
    pixel_size : float > 0 or (float, float), default=1.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        ``convexity_<measure>``.

    See Also
    --------
    convexity_defects : The values.

    Examples
    --------
    >>> from featkit.features.contour import convexity_defects_names
    >>> convexity_defects_names()[0]
    'convexity_defect_count'
    """
    check_parameters(ConvexityDefects, min_depth=min_depth)
    check_pixel_size(pixel_size)
    return [f"convexity_{name}" for name in MEASURES]


class ConvexityDefects(FeatureExtractor):
    """Number and depth of the convexity defects of an object, and the number of its lobes.

    Parameters
    ----------
    min_depth : float in [0, 1), default=0.05
        Least depth of a defect, in diameters of the disk of the same area; less than a pixel never counts.
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    See Also
    --------
    featkit.RegionMeasurements : Solidity, which says how much of the hull is filled.
    featkit.SkeletonMeasurements : Tips and branches of the skeleton.

    Notes
    -----
    Stateless. Mixed sizes are welcome. The object is the component of alpha >= one half whose outer outline encloses
    most; holes do not count. NaN when the mask is empty or encloses nothing (single pixels, pixels in line). A defect
    is a pocket between the outline and its convex hull; all measures are free of a unit, do not change with size and
    rotation, and a mirror leaves them as they are. Dents within a pocket are not counted apart.

    ===================== ====================================================================================
    column ``convexity_`` meaning
    ===================== ====================================================================================
    defect_count          pockets of at least `min_depth`
    defect_depth_max      greatest distance of the outline from the hull, in diameters of the disk of same area
    defect_depth_mean     mean of the greatest distances of the pockets counted; 0 where there is none
    defect_area           fraction of the hull that is not enclosed by the outline
    lobe_count            parts between the defects: 1 for none, 2 for one or two, n for n
    ===================== ====================================================================================

    References
    ----------
    J. Sklansky, "Measuring concavity on a rectangular mosaic", IEEE Trans. Computers C-21(12), 1972,
    doi:10.1109/T-C.1972.223507.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import ConvexityDefects
    >>> ConvexityDefects().fit_transform(np.ones((1, 20, 30), dtype=bool))[0, [0, 4]]
    array([0., 1.])
    """

    measures_foreground = True
    parameter_constraints = {"min_depth": [MIN_DEPTH], "pixel_size": PIXEL_SIZE}

    def __init__(self, *, min_depth: float = 0.05, pixel_size: PixelSize = 1.0) -> None:
        self.min_depth = min_depth
        self.pixel_size = pixel_size

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_measurements, min_depth=self.min_depth, pixel_size=self.pixel_size)

    def feature_names(self) -> list[str]:
        return convexity_defects_names(min_depth=self.min_depth, pixel_size=self.pixel_size)
