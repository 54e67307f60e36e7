"""Shapes: the points of an object as complex numbers, row + 1j * column; similarities, mirror images, distances.

A complex factor turns and scales, a complex shift moves: every similarity is ``factor * shape + shift``. Missing
points are NaN and stay NaN.
"""

from collections.abc import Collection, Sequence
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from ...exceptions import LandmarkFormatError, shown

MISSING = complex(np.nan, np.nan)
ROUNDING = 1e-12  # of a coordinate: points no further apart lie in one position
_CONVERTIBLE = "; featkit.faces.exchange.convert_landmarks makes 68 points of WFLW's, LaPa's and MediaPipe's"


def check_landmarks(landmarks: ArrayLike, *, n_points: int | None = None) -> np.ndarray:
    """Check a table of landmarks and reshape it to points.

    Parameters
    ----------
    landmarks : array-like (n_shapes, 2 * n_points)
        Row, column, row, column, ... of every shape; NaN where a point is missing.
    n_points : int or None, default=None
        How many points each shape must have; None takes any number.

    Returns
    -------
    points : float64 ndarray (n_shapes, n_points, 2)
        (row, col) of every point.

    Raises
    ------
    LandmarkFormatError
        When it is no such table, or a value is infinite.

    See Also
    --------
    mirror_landmarks : Landmarks in the mirrored image.
    normalized_mean_error : Compares two such tables.

    Examples
    --------
    >>> from featkit.faces.landmarks import check_landmarks
    >>> check_landmarks([[1, 2, 3, 4], [5, 6, 7, 8]]).shape
    (2, 2, 2)
    """
    table = np.asarray(landmarks, dtype=np.float64)
    expected = "an even number of" if n_points is None else f"{2 * n_points}"
    if table.ndim != 2 or table.shape[1] % 2 or table.shape[1] == 0 or n_points not in (None, table.shape[1] // 2):
        raise LandmarkFormatError(
            f"Expected a table of landmarks with {expected} columns (row, column, row, column, ...), got an array of "
            f"shape {table.shape}. Points (n_shapes, n_points, 2) become such a table by points.reshape(n_shapes, -1)"
            f"{_CONVERTIBLE if n_points == 68 else ''}.{_projection(table.shape, n_points)}"
        )
    if np.isinf(table).any():
        raise LandmarkFormatError("Expected finite landmarks, got infinite ones: write NaN where a point is missing.")
    return table.reshape(len(table), -1, 2)


def _projection(shape, n_points):
    """What to do with points of a shape where they are in space; nothing where they are not."""
    in_space = len(shape) in (2, 3) and shape[-1] == 3 and n_points in (None, shape[-2])
    if in_space or (n_points is not None and shape[1:] == (3 * n_points,)):
        return (
            " Points in space are projected along the line of sight by leaving out their depth: points[..., :2] of "
            "points (..., n_points, 3) as (row, column, depth)."
        )
    return ""


def check_points(points: ArrayLike, n_points: Collection[int]) -> np.ndarray:
    """The points of one object, (n_points, 2) or (2 * n_points,), as float64 (n_points, 2)."""
    points = np.asarray(points, dtype=np.float64)
    expected = " or ".join(map(str, n_points))
    shapes = {shape for n in n_points for shape in ((n, 2), (2 * n,))}
    if points.shape not in shapes:
        raise LandmarkFormatError(
            f"Expected {expected} landmarks of one object, (n_points, 2) as (row, column), got shape {points.shape}."
            f"{_projection(points.shape, points.shape[0] if points.ndim == 2 else None)}"
        )
    if np.isinf(points).any():
        raise LandmarkFormatError("Expected finite landmarks, got infinite ones: write NaN where a point is missing.")
    return points.reshape(-1, 2)


def to_complex(points: np.ndarray) -> np.ndarray:
    """Points (..., n_points, 2) as complex numbers (..., n_points)."""
    return points[..., 0] + 1j * points[..., 1]


def to_points(shapes: np.ndarray) -> np.ndarray:
    """Complex numbers (..., n_points) as points (..., n_points, 2)."""
    return np.stack([shapes.real, shapes.imag], axis=-1)


def to_table(shapes: np.ndarray) -> np.ndarray:
    """Complex numbers (..., n_points) as rows (..., 2 * n_points): row, column, row, column, ..."""
    return to_points(shapes).reshape(*shapes.shape[:-1], -1)


def landmark_names(n_points: int, *, family: str = "landmark") -> list[str]:
    """Names of the columns of a table of points: ``landmark_00_row``, ``landmark_00_col`` onwards."""
    digits = max(2, len(str(n_points - 1)))
    return [f"{family}_{point:0{digits}d}_{axis}" for point in range(n_points) for axis in ("row", "col")]


def center(shapes: np.ndarray) -> np.ndarray:
    """Mean of the known points of every shape, (..., 1); NaN without any."""
    missing = np.isnan(shapes)
    if shapes.shape[-1] and not missing.any():
        return shapes.sum(axis=-1, keepdims=True) / shapes.shape[-1]
    known = ~missing
    count = known.sum(axis=-1, keepdims=True)
    total = np.where(known, shapes, 0).sum(axis=-1, keepdims=True)
    return np.where(count > 0, total / np.maximum(count, 1), MISSING)


def size(shapes: np.ndarray) -> np.ndarray:
    """Root mean square distance of the known points from their center, (..., 1); NaN without any, 0 if rounding."""
    middle = center(shapes)
    length = np.sqrt(center(np.abs(shapes - middle) ** 2 + 0j).real)
    return np.where(length > ROUNDING * np.abs(middle), length, 0 * length)


def fit_similarity(source: np.ndarray, target: np.ndarray, *, scale: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Factor and shift (..., 1) that bring a shape nearest to another in the least-squares sense.

    Parameters
    ----------
    source, target : complex ndarray (..., n_points)
        Points that one of them misses do not count.
    scale : bool, default=True
        Allow a change of size.

    Returns
    -------
    factor, shift : complex ndarray (..., 1)
        The factor is 1 where it is not determined, as for a single point or several in one position (but for
        rounding); NaN where no point is shared.
    """
    source, target = np.broadcast_arrays(source, target)
    shared = ~(np.isnan(source) | np.isnan(target))
    if not shared.all():
        source, target = np.where(shared, source, MISSING), np.where(shared, target, MISSING)
    from_center, to_center = center(source), center(target)
    spread, wanted = (_or_zero(part) for part in (source - from_center, target - to_center))
    product = (spread.conj() * wanted).sum(axis=-1, keepdims=True)
    square = (np.abs(spread) ** 2).sum(axis=-1, keepdims=True)
    length = square if scale else np.abs(product)
    determined = (np.abs(product) > 0) & _extends(spread, from_center) & _extends(wanted, to_center)
    factor = np.where(determined, product / np.where(determined, length, 1), 1)
    return factor, to_center - factor * from_center


def _extends(spread: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Whether points lie further from their middle than rounding takes them, (..., 1)."""
    return np.abs(spread).max(axis=-1, keepdims=True) > ROUNDING * np.abs(_or_zero(middle))


def _or_zero(shapes):
    """NaN as 0; most shapes have none, which is cheaper to ask than to replace."""
    return shapes if np.isfinite(shapes).all() else np.nan_to_num(shapes)


def mirror_landmarks(landmarks: ArrayLike, widths: ArrayLike, mirror: Sequence[int]) -> np.ndarray:
    """Mirror landmarks with their images: horizontal flip that renumbers the points.

    Parameters
    ----------
    landmarks : array-like (n_shapes, 2 * n_points)
        Row, column, row, column, ...
    widths : int or array-like (n_shapes,)
        Widths of the images in pixels.
    mirror : sequence of int (n_points,)
        Which point of the object point k of its mirror image is, such as `featkit.faces.landmarks.FACE_MIRROR`.

    Returns
    -------
    mirrored : float64 ndarray (n_shapes, 2 * n_points)
        Row, column, ... in the mirrored images; NaN where a point is missing.

    See Also
    --------
    check_landmarks : Reads a table of landmarks.
    featkit.LandmarkPredictor : Learns from mirrored images, too, with `mirror`.

    Examples
    --------
    >>> from featkit.faces.landmarks import mirror_landmarks
    >>> mirror_landmarks([[5, 0, 7, 2]], 10, (1, 0))
    array([[7., 7., 5., 9.]])
    """
    points = check_landmarks(landmarks)
    if sorted(mirror) != list(range(points.shape[1])):
        raise LandmarkFormatError(
            f"Expected 'mirror' to name each of the {points.shape[1]} points once, got {shown(list(mirror))}."
        )
    widths = np.asarray(widths, dtype=np.float64)
    if widths.shape not in ((), (len(points),)):
        raise LandmarkFormatError(f"Expected one width, or one for each of {len(points)} shapes, got {widths.shape}.")
    points = points[:, list(mirror)]
    points[..., 1] = widths.reshape(-1, 1) - 1 - points[..., 1]
    return points.reshape(len(points), -1)


def normalized_mean_error(true: ArrayLike, predicted: ArrayLike, *, unit: tuple[int, int] | ArrayLike) -> np.ndarray:
    """Normalised mean error (NME): mean distance of predicted from true landmarks over a length of each object.

    Parameters
    ----------
    true, predicted : array-like (n_shapes, 2 * n_points)
        Points missing on either side do not count.
    unit : (int, int) or array-like of float (n_shapes,)
        Two points whose true distance is the length, such as ``(36, 45)``, the outer corners of the eyes, for the 68
        points of a face (a tuple or a list of two integers is always read so); or the lengths themselves, in pixels.

    Returns
    -------
    error : float64 ndarray (n_shapes,)
        NaN where nothing can be compared, or the length is 0.

    Raises
    ------
    LandmarkFormatError
        When the tables differ in shape, or `unit` is neither two points nor one length for each shape.

    See Also
    --------
    featkit.LandmarkPredictor : Its score is minus such an error.
    featkit.faces.description.procrustes_distance : Distance after alignment.

    Examples
    --------
    >>> from featkit.faces.landmarks import normalized_mean_error
    >>> normalized_mean_error([[0, 0, 0, 10]], [[0, 1, 0, 10]], unit=(0, 1))
    array([0.05])
    """
    shapes, found = to_complex(check_landmarks(true)), to_complex(check_landmarks(predicted))
    if shapes.shape != found.shape:
        raise LandmarkFormatError(
            f"Expected as many shapes and points on both sides, got {shapes.shape} and {found.shape}."
        )
    distance = center(np.abs(shapes - found) + 0j)[:, 0].real
    lengths = _lengths(shapes, unit)
    return distance / np.where(lengths > 0, lengths, np.nan)


def _lengths(shapes, unit):
    n_shapes, n_points = shapes.shape
    if isinstance(unit, (tuple, list)) and len(unit) == 2 and all(isinstance(value, Integral) for value in unit):
        if unit[0] == unit[1] or not all(0 <= value < n_points for value in unit):
            raise LandmarkFormatError(
                f"Expected 'unit' to be two different points of 0 to {n_points - 1}, got {shown(unit)}. Lengths of two "
                "shapes are given as an array of floats."
            )
        return np.abs(shapes[:, unit[0]] - shapes[:, unit[1]])
    lengths = np.asarray(unit, dtype=np.float64)
    if lengths.shape != (n_shapes,) or np.isinf(lengths).any() or (lengths < 0).any():
        raise LandmarkFormatError(
            f"Expected 'unit' to be two points, such as (36, 45), or a length for each of {n_shapes} shapes, "
            f"got {shown(unit)}."
        )
    return lengths
