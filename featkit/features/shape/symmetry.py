"""Symmetry of an object: how much of it meets its mirror image, or itself after half a turn."""

from collections.abc import Callable
from functools import partial

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...image.alpha import foreground_mask
from ...image.checks import Image
from ...image.masks.components import fill_holes, largest_component
from ...image.masks.extents import bounding_box
from ...image.masks.gray_masks import check_silhouette
from .measures import PIXEL_SIZE, PixelSize, check_pixel_size

MEASURES = ("about_axis", "across_axis", "best_axis", "half_turn")
N_ANGLES = 360
N_RADII = 96


def symmetry(image: Image, *, pixel_size: PixelSize = 1.0) -> np.ndarray:
    """Mirror symmetry of an object about its long axis, across it, and about the best axis; symmetry under half a turn.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        The object is the largest component (8 neighbours) of its foreground, holes filled; see
        `featkit.foreground_mask`.
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    Returns
    -------
    symmetries : float64 ndarray (4,)
        about_axis, across_axis, best_axis, half_turn, each in [0, 1]; see `Symmetry`. NaN without foreground.

    See Also
    --------
    featkit.Symmetry : The same as a transformer, and what each measure means.
    symmetry_names : Names of the columns.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.shape import symmetry
    >>> row, col = np.mgrid[-40:41, -40:41]
    >>> symmetry((row / 15) ** 2 + (col / 35) ** 2 <= 1).round(2)
    array([1., 1., 1., 1.])
    """
    return _measurements(check_silhouette(image), pixel_size=pixel_size)


def _measurements(image: Image, *, pixel_size: PixelSize) -> np.ndarray:
    mask = fill_holes(largest_component(foreground_mask(image)))
    box = bounding_box(mask)
    if box is None:
        return np.full(len(MEASURES), np.nan)
    height, width = check_pixel_size(pixel_size)
    ratio = 1.0 if np.isnan(height) else width / height
    rays = _rays(mask[box[0] : box[2], box[1] : box[3]], np.array([1.0, ratio]))
    radii = np.arange(N_RADII) + 0.5
    spectrum = np.fft.rfft(rays, axis=1)
    mirrored = np.fft.irfft(radii @ spectrum**2, N_ANGLES)  # at k: rays at a and k - a meet, the mirror is at k / 2
    turned = np.fft.irfft(radii @ np.abs(spectrum) ** 2, N_ANGLES)  # at k: rays at a and a + k meet
    area = float((radii @ rays).sum())
    common = np.array([mirrored[0], mirrored[N_ANGLES // 2], mirrored.max(), turned[N_ANGLES // 2]])
    return np.clip(common / (2 * area - common), 0, 1)


def _rays(mask: np.ndarray, spacing: np.ndarray) -> np.ndarray:
    """The mask on rays from its centre of mass, the first along its long axis: float64 (radii, angles), 0 or 1."""
    pixels = np.argwhere(mask)
    center = pixels.mean(axis=0)
    offsets = (pixels - center) * spacing
    axis = np.linalg.eigh(offsets.T @ offsets)[1][:, 1]
    farthest = np.hypot(*offsets.T).max() + spacing.max() / 2
    angles = np.arange(N_ANGLES) * (2 * np.pi / N_ANGLES) + np.arctan2(axis[1], axis[0])
    radii = ((np.arange(N_RADII) + 0.5) / N_RADII * farthest)[:, np.newaxis]
    row = np.rint(center[0] + radii * np.cos(angles) / spacing[0]).astype(int)
    col = np.rint(center[1] + radii * np.sin(angles) / spacing[1]).astype(int)
    inside = (row >= 0) & (row < mask.shape[0]) & (col >= 0) & (col < mask.shape[1])
    rays = np.zeros(row.shape)
    rays[inside] = mask[row[inside], col[inside]]
    return rays


def symmetry_names(*, pixel_size: PixelSize = 1.0) -> list[str]:
    """Names of the columns of `symmetry`.

    Parameters
    ----------
    pixel_size : float > 0 or (float, float), default=1.0
        Without effect on the names.

    Returns
    -------
    names : list of str
        ``symmetry_<measure>``.

    See Also
    --------
    symmetry : The values.

    Examples
    --------
    >>> from featkit.features.shape import symmetry_names
    >>> symmetry_names()
    ['symmetry_about_axis', 'symmetry_across_axis', 'symmetry_best_axis', 'symmetry_half_turn']
    """
    check_pixel_size(pixel_size)
    return [f"symmetry_{name}" for name in MEASURES]


class Symmetry(FeatureExtractor):
    """Mirror and rotational symmetry of an object.

    Parameters
    ----------
    pixel_size : float > 0 or (float, float), default=1.0
        Height and width of a pixel, where they are not equal; only their ratio matters.

    See Also
    --------
    featkit.RegionMeasurements : Elongation and other measures of form.
    featkit.EllipticFourier : An outline in coefficients, which a mirror changes.

    Notes
    -----
    Stateless. Mixed sizes are welcome. The object is the largest component of alpha >= one half, holes filled; NaN
    without foreground. Each value is the area that the object has in common with its image, divided by the area of both
    together (Jaccard index): 1 for full symmetry. All axes run through the centre of mass; the object is read on 360
    rays from there, at 96 radii. The values do not change with position, size, rotation or a mirror.

    ==================== ====================================================================================
    column ``symmetry_`` image
    ==================== ====================================================================================
    about_axis           mirrored about the long axis of the second moments: the halves of a leaf
    across_axis          mirrored about the short axis: its base and its tip
    best_axis            mirrored about the axis, of 180 at steps of one degree, that gives the largest value
    half_turn            turned by 180 degrees
    ==================== ====================================================================================

    Where the second moments have no direction (disk, square, regular star) the long axis is left to chance, the best
    axis is not. What is at least 20 pixels wide is met within 0.05; in narrower objects the stairs of their outline
    weigh more.

    References
    ----------
    H. Zabrodsky, S. Peleg and D. Avnir, "Symmetry as a continuous feature", IEEE Trans. PAMI 17(12), 1995,
    doi:10.1109/34.476508.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import Symmetry
    >>> Symmetry().fit_transform(np.ones((2, 20, 41), dtype=bool)).shape
    (2, 4)
    """

    measures_foreground = True
    parameter_constraints = {"pixel_size": PIXEL_SIZE}

    def __init__(self, *, pixel_size: PixelSize = 1.0) -> None:
        self.pixel_size = pixel_size

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_measurements, pixel_size=self.pixel_size)

    def feature_names(self) -> list[str]:
        return symmetry_names(pixel_size=self.pixel_size)
