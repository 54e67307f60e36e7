"""Measures of regions: what can be said of the form of a mask, or of each region of a label image, in numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...exceptions import ImageFormatError, shown
from ...image.checks import check_mask
from ...image.masks.conversion import is_shaded
from ...parameters import POSITIVE, InvalidParameterError, check_number, check_option
from ._run_measures import measure_runs
from ._runs import runs_of_labels, runs_of_mask

PixelSize = float | tuple[float, float]  # side of a pixel, or its height and width

MEASURES = {  # name: power of the unit of length
    "area": 2,
    "area_filled": 2,
    "perimeter": 1,
    "feret_diameter_max": 1,
    "feret_diameter_min": 1,
    "box_length": 1,
    "box_width": 1,
    "axis_major_length": 1,
    "axis_minor_length": 1,
    "inscribed_radius": 1,
    "circumscribed_radius": 1,
    "aspect_ratio": 0,
    "circularity": 0,
    "solidity": 0,
    "extent": 0,
    "eccentricity": 0,
    "euler_number": 0,
}
ORIENTATION = ["elongation_cos", "elongation_sin"]
UNIT_POWERS = np.array([*MEASURES.values(), *[0] * len(ORIENTATION)])
_ALL = np.ones(len(UNIT_POWERS), bool)
PIXEL_SIZE = [POSITIVE, tuple, list]  # constraint of estimators; see `check_pixel_size`


def check_pixel_size(pixel_size: Any) -> tuple[float, float]:
    """Give back height and width of a pixel: both NaN where the size is not known."""
    if type(pixel_size) is float and 0 < pixel_size < np.inf:
        return pixel_size, pixel_size
    if type(pixel_size) is tuple and len(pixel_size) == 2:  # as given back before
        height, width = pixel_size
        if type(height) is type(width) is float and 0 < height < np.inf and 0 < width < np.inf:
            return height, width
    try:
        sizes = [pixel_size] * 2 if np.ndim(pixel_size) == 0 else list(pixel_size)
        if len(sizes) == 2 and all(np.isnan(size) for size in sizes):
            return np.nan, np.nan
    except (TypeError, ValueError):
        sizes = []
    if len(sizes) != 2:
        raise InvalidParameterError(
            f"The 'pixel_size' parameter must be a number or a pair (height, width of a pixel), "
            f"got {shown(pixel_size)}."
        )
    return check_number("pixel_size", sizes[0], POSITIVE), check_number("pixel_size", sizes[1], POSITIVE)


def measured_runs(
    runs: np.ndarray, bounds: np.ndarray, pixel_size: PixelSize = 1.0, measures: Sequence[str] | None = None
) -> np.ndarray:
    """Measure regions that are given as runs, see `_runs`.

    Parameters
    ----------
    runs : int64 ndarray (n_runs, 3)
    bounds : int64 ndarray (n_regions + 1,)
    pixel_size : float > 0 or (float, float), default=1.0
    measures : sequence of str or None, default=None
        Which are needed; others may be NaN. None is all.

    Returns
    -------
    values : float64 ndarray (n_regions, 19)
        Of MEASURES, then of ORIENTATION.
    """
    height, width = check_pixel_size(pixel_size)
    names = [*MEASURES, *ORIENTATION]
    wanted = _ALL if measures is None else np.array([name in measures for name in names])
    if height != width and not np.isnan(height):
        return measure_runs(runs, bounds, height, width, wanted)
    return measure_runs(runs, bounds, 1.0, 1.0, wanted) * height**UNIT_POWERS


def measure_region(mask: np.ndarray, *, pixel_size: PixelSize = 1.0) -> np.ndarray:
    """Measure all the foreground of a mask as one region.

    Parameters
    ----------
    mask : bool ndarray (height, width)
        True = foreground.
    pixel_size : float > 0 or (float, float), default=1.0
        Length of the side of a pixel, in the unit wanted for the results: 0.1 when ten pixels make a millimetre; a
        pair (height, width) where pixels are not square; NaN where it is not known, which leaves the measures without
        a unit.

    Returns
    -------
    measures : float64 ndarray (17,)
        In the order of `measure_region_names`; the meaning of each stands in `featkit.RegionMeasurements`. All
        NaN when the mask is empty.

    See Also
    --------
    measure_regions : All regions of a label image.
    region_measurements : With count and colour.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.shape import measure_region, measure_region_names
    >>> mask = np.zeros((40, 60), dtype=bool)
    >>> mask[10:30, 5:45] = True
    >>> measures = dict(zip(measure_region_names(), measure_region(mask, pixel_size=0.5)))
    >>> float(measures["region_area"]), round(measures["region_box_length"]), round(measures["region_box_width"])
    (200.0, 20, 10)
    """
    values = measured_runs(*runs_of_mask(check_mask(mask), by_component=False), pixel_size)
    return values[0, : len(MEASURES)] if len(values) else np.full(len(MEASURES), np.nan)


def check_labels(labels: np.ndarray) -> np.ndarray:
    """Check that an array is a label image and give it back as int32, C-contiguous.

    Parameters
    ----------
    labels : ndarray (height, width)
        bool, any integers or floats that are whole numbers; 0 is background, none is negative.

    Returns
    -------
    labels : int32 ndarray (height, width)

    Raises
    ------
    ImageFormatError
        When it is no label image but a gray image or soft alpha, or a label is above 2,147,483,647.
    """
    if isinstance(labels, np.ma.MaskedArray) and np.ma.is_masked(labels):
        raise ImageFormatError("Expected a label image, got a masked array. Fill it first: labels.filled(0).")
    if not (isinstance(labels, np.ndarray) and labels.ndim == 2 and labels.size and labels.dtype.kind in "buif"):
        came = f"{labels.dtype} of shape {labels.shape}" if isinstance(labels, np.ndarray) else type(labels).__name__
        raise ImageFormatError(f"Expected a label image, an array (height, width) of whole numbers, got {came}.")
    if labels.dtype.kind in "if" or labels.dtype.itemsize > 2:
        low, high = labels.min().item(), labels.max().item()  # a float32 next to the limit compares as if it were it
        if not (low >= 0 and high <= np.iinfo(np.int32).max):
            raise ImageFormatError(
                f"Expected labels from 0 to 2147483647, got {low} to {high}. Background is 0; "
                "skimage.segmentation.relabel_sequential brings large numbers down."
            )
    whole = np.ascontiguousarray(labels, np.int32)
    if labels.dtype.kind == "f" and (whole != labels).any():
        raise ImageFormatError("Expected a label image of whole numbers, got fractions. Threshold probabilities first.")
    if labels.dtype.kind == "u" and labels.dtype.itemsize <= 2 and is_shaded(labels):
        raise ImageFormatError(
            f"Expected a label image, got {labels.dtype} with {len(np.unique(labels))} values that go up and down from "
            "pixel to pixel: a gray image or soft alpha. Make a mask of it, alpha >= 128, or label its components: "
            "skimage.measure.label(alpha >= 128)."
        )
    return whole


def measure_regions(
    labels: np.ndarray, measures: Sequence[str] | None = None, *, pixel_size: PixelSize = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Measure every region of a label image in one pass.

    Parameters
    ----------
    labels : ndarray (height, width) of whole numbers
        0 is background; pixels of one number are one region, also where they do not hang together.
    measures : sequence of str or None, default=None
        Names without their prefix, such as ``["area", "box_width"]``; None is all 17. What is not asked for is not
        computed.
    pixel_size : float > 0 or (float, float), default=1.0
        See `measure_region`.

    Returns
    -------
    numbers : int64 ndarray (n_regions,)
        The labels that occur, rising.
    values : float64 ndarray (n_regions, n_measures)
        The rows of `measure_region` of each region alone, to the bit.

    See Also
    --------
    measure_region : One mask.
    featkit.objects.measure_objects : A table of the objects of many images.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.shape import measure_regions
    >>> labels = np.zeros((40, 60), dtype=np.uint16)
    >>> labels[10:30, 5:45], labels[31:36, 5:10] = 7, 3
    >>> measure_regions(labels, ["area", "box_width"])
    (array([3, 7]), array([[ 25.,   5.],
           [800.,  20.]]))
    """
    columns = list(MEASURES)
    for name in measures or ():
        check_option("measures", name, columns)
    places = slice(len(columns)) if measures is None else [columns.index(name) for name in measures]
    numbers, runs, bounds = runs_of_labels(check_labels(labels))
    return numbers, measured_runs(runs, bounds, pixel_size, measures)[:, places]


def measure_region_names(*, pixel_size: PixelSize = 1.0) -> list[str]:
    """Names of the columns of `measure_region`: ``region_area`` onwards.

    Parameters
    ----------
    pixel_size : float > 0 or (float, float), default=1.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        In the order of the columns.

    See Also
    --------
    measure_region : The values.

    Examples
    --------
    >>> from featkit.features.shape import measure_region_names
    >>> measure_region_names()[:2]
    ['region_area', 'region_area_filled']
    """
    check_pixel_size(pixel_size)
    return [f"region_{name}" for name in MEASURES]
