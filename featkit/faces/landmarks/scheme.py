"""The 68 points of a face (the scheme of Multi-PIE and 300-W): its parts, which point mirrors which, and a mean face.

Left and right are those of the image: ``left_eye`` is the eye at the image's left, the person's right one.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from ...exceptions import LandmarkFormatError
from .schemes.known_schemes import scheme_of
from .schemes.landmark_scheme import LandmarkScheme
from .shapes import center, check_landmarks, fit_similarity, to_complex

FACE_REGIONS: dict[str, tuple[int, ...]] = {
    "jaw": tuple(range(17)),
    "left_brow": tuple(range(17, 22)),
    "right_brow": tuple(range(22, 27)),
    "nose": tuple(range(27, 36)),
    "left_eye": tuple(range(36, 42)),
    "right_eye": tuple(range(42, 48)),
    "mouth": tuple(range(48, 68)),
}

# Point k of a face is point FACE_MIRROR[k] of the mirrored image.
FACE_MIRROR: tuple[int, ...] = (
    *range(16, -1, -1),
    *range(26, 16, -1),
    *(27, 28, 29, 30, 35, 34, 33, 32, 31),
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
    *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),
    *(64, 63, 62, 61, 60, 67, 66, 65),
)

# Number of a point: (to the right, down, backwards) in millimetres from the tip of the nose. Breadths and heights are
# near the means of adults (Farkas 1994, Anthropometry of the Head and Face), the depths are estimates.
MEAN_FACE = {
    36: (-44.5, -33, 40),
    39: (-16.5, -32, 34),
    42: (16.5, -32, 34),
    45: (44.5, -33, 40),
    27: (0, -36, 20),
    30: (0, 0, 0),
    31: (-14, 11, 20),
    33: (0, 14, 14),
    35: (14, 11, 20),
    48: (-26, 34, 28),
    54: (26, 34, 28),
    8: (0, 76, 30),
}

_MEAN = np.array([down + 1j * right for right, down, _ in MEAN_FACE.values()])

# Residual of the mean face laid on the points, over their size: of 150 annotated faces at most 0.32, with the axes
# swapped at least 0.84; of 100,000 sets of random points at least 0.54.
_LIKE_A_FACE = 0.45
_FAR_LESS = 0.2
_LEAST_POINTS = 6  # with fewer, much looks like a face

# The same of the mean face seen from any side, an affine camera: of 150 annotated faces at most 0.22, with the numbers
# of the points shifted by one at least 0.67, with the jaw last 0.87.
_FACE_FROM_ANY_SIDE = 0.3
_OTHER_ORDERS = {17: "with the jaw last", -1: "behind another point", 1: "from the second point on"}  # of a shift


def check_face_landmarks(landmarks: ArrayLike, scheme: str | LandmarkScheme = "300w") -> np.ndarray:
    """Read a table of the landmarks of faces as 300-W's points, and refuse one whose axes are swapped.

    Parameters
    ----------
    landmarks : array-like (n_faces, 2 * n_points)
        Row, column, row, column, ... of every face; NaN where a point is missing.
    scheme : str or LandmarkScheme, default="300w"
        What the points are.

    Returns
    -------
    points : float64 ndarray (n_faces, 68, 2)
        NaN where a point is missing, or the scheme has none that is the same.

    Raises
    ------
    LandmarkFormatError
        When it is no such table, or its points make a face only when they are read as (x, y) or in another order.
    """
    known = scheme_of(scheme)
    points = known.in_300w(check_landmarks(landmarks, n_points=known.n_points))
    refuse_misread_points(points)
    return points


def enough_to_tell(scheme: LandmarkScheme) -> bool:
    """Whether the points of a scheme tell (x, y) from (row, column)."""
    return len(scheme.known & set(MEAN_FACE)) >= _LEAST_POINTS


def refuse_misread_points(points: np.ndarray) -> None:
    """Refuse faces (n_faces, 68, 2) that are such when read as (x, y), with all x before all y, or mirrored.

    Points at (0, 0) or (-1, -1) far from all others are refused, too: there other programs put what is missing.
    """
    _refuse_placeholders(points)
    faces = to_complex(points[:, list(MEAN_FACE)])
    if not (_misfit(faces) > _FAR_LESS).any():
        return _refuse_other_numbers(points)
    apart = np.moveaxis(points.reshape(-1, 2, 68), 1, 2)[:, list(MEAN_FACE)]
    readings = [faces, faces.imag + 1j * faces.real, to_complex(apart), to_complex(apart[..., ::-1])]
    misfits, misfits_swapped, *misfits_apart = np.split(_misfit(np.concatenate(readings)), len(readings))
    swapped = np.flatnonzero((misfits_swapped < _LIKE_A_FACE) & (misfits > misfits_swapped + _FAR_LESS))
    if len(swapped):
        raise LandmarkFormatError(
            "Expected landmarks as (row, column), numbered from the left of the image to its right, got points that "
            f"make a face only as (x, y), the first in row {swapped[0]}: swap them, points[..., ::-1]; those of a "
            "mirrored image also want new numbers, see mirror_landmarks."
        )
    separate = np.flatnonzero((np.min(misfits_apart, axis=0) < _LIKE_A_FACE) & (misfits > _LIKE_A_FACE))
    if len(separate):
        order = "[..., ::-1]" if misfits_apart[1][separate[0]] < misfits_apart[0][separate[0]] else ""
        raise LandmarkFormatError(
            "Expected landmarks as row, column, row, column, ..., got numbers that make a face only as all of one "
            f"coordinate and then all of the other, the first in row {separate[0]}: "
            f"numpy.moveaxis(table.reshape(-1, 2, 68), 1, 2){order}.reshape(-1, 136)."
        )
    _refuse_other_numbers(points)


def _refuse_other_numbers(points: np.ndarray) -> None:
    misfits = _misfit_from_any_side(points)
    if not (misfits > _LIKE_A_FACE).any():
        return
    for shift, order in _OTHER_ORDERS.items():
        misfits_moved = _misfit_from_any_side(np.roll(points, shift, axis=1))
        moved = np.flatnonzero((misfits > _LIKE_A_FACE) & (misfits_moved < _FACE_FROM_ANY_SIDE))
        if len(moved):
            raise LandmarkFormatError(
                "Expected 68 points in the order of 300-W (jaw 0 to 16, brows 17 to 26, nose 27 to 35, eyes 36 to 47, "
                f"mouth 48 to 67), got points that make a face only {order}, the first in row {moved[0]}: "
                f"numpy.roll(points, {shift}, axis=-2) of points (n_faces, 68, 2)."
            )


@lru_cache
def _seen_from_any_side():
    """What of the points of a face the mean face explains, seen from any side (n_points, n_points)."""
    mean = np.column_stack([list(MEAN_FACE.values()), np.ones(len(MEAN_FACE))])
    return mean @ np.linalg.pinv(mean)


def _misfit_from_any_side(points: np.ndarray) -> np.ndarray:
    """Of faces without a missing point; NaN of others."""
    known = points[:, list(MEAN_FACE)]
    known = known - known.mean(axis=1, keepdims=True)
    size = (known**2).sum(axis=(1, 2))
    left_over = ((known - _seen_from_any_side() @ known) ** 2).sum(axis=(1, 2))
    return np.sqrt(np.divide(left_over, size, out=np.full_like(size, np.nan), where=size > 0))


def _refuse_placeholders(points: np.ndarray) -> None:
    is_placeholder = ((points == 0) | (points == -1)).all(axis=2) & (points[..., 0] == points[..., 1])
    for face in np.flatnonzero(is_placeholder.any(axis=1)):
        others = np.where(is_placeholder[face, :, np.newaxis], np.nan, points[face])
        if _misfit(to_complex(others[np.newaxis, list(MEAN_FACE)]))[0] > _LIKE_A_FACE:
            continue
        if np.nanmin(others, axis=0).max() > np.ptp(others[~np.isnan(others).any(axis=1)], axis=0).max() / 2:
            number = int(is_placeholder[face].argmax())
            value = points[face, number, 0]
            raise LandmarkFormatError(
                f"Expected NaN for missing landmarks, got ({value:g}, {value:g}) for point {number} of row {face}, far "
                f"from all others: points[(points == {value:g}).all(axis=-1)] = numpy.nan."
            )


def refuse_fractions(points: np.ndarray) -> None:
    """Refuse points (n_points, 2) in pixels that all lie within one pixel: fractions of height and width."""
    known = points[~np.isnan(points).any(axis=1)]
    if len(known) > 1 and known.min() >= 0 and known.max() <= 1 and np.ptp(known, axis=0).any():
        raise LandmarkFormatError(
            "Expected landmarks in pixels, got all of them between 0 and 1, which look like fractions of the size of "
            "the image: points * (height, width)."
        )


def refuse_points_elsewhere(points: np.ndarray, shape: tuple[int, int]) -> None:
    """Refuse points (n_points, 2) of which none lies in an image of this height and width."""
    known = points[~np.isnan(points).any(axis=1)]
    if len(known) and not ((known >= -0.5) & (known <= np.array(shape) - 0.5)).all(axis=1).any():
        raise LandmarkFormatError(
            f"Expected landmarks in the image of {shape[0]} x {shape[1]} pixels, got none: they are from "
            f"row {known[:, 0].min():.0f}, column {known[:, 1].min():.0f} on. Are they those of another image or size?"
        )


def _misfit(faces):
    factor, shift = fit_similarity(_MEAN, faces)
    left_over = center(np.abs(faces - factor * _MEAN - shift) ** 2 + 0j)[:, 0].real
    spread = center(np.abs(faces - center(faces)) ** 2 + 0j)[:, 0].real
    enough = (~np.isnan(faces)).sum(axis=1) >= _LEAST_POINTS
    return np.sqrt(np.where(enough & (spread > 0), left_over / np.where(spread > 0, spread, 1), np.inf))
