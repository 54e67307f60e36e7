"""Boxes of faces, and upright views of faces that are tilted."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ...exceptions import ImageFormatError
from ...image.alpha import flatten_alpha
from ...image.checks import Image
from ...image.conversions import to_rgb, to_uint8


class FaceBox(NamedTuple):
    """Box of a face, half-open and in pixels, (row, col) as everywhere; see `featkit.detect_faces`.

    Attributes
    ----------
    min_row, min_col, max_row, max_col : float
        A square from above the brows to the chin. It reaches beyond the image where the face is cut by its border.
    score : float
        How sure the detector is; above 0 is what it takes for a face. NaN where it tells none.
    angle : float
        Tilt of the head in degrees, counterclockwise, in steps of 15 above -180 up to 180; 0 is upright, by less than
        15 to 20 degrees. The box frames the face after it was turned back by this angle about the middle of the box.
    certain : bool
        False where a face is doubtful: its score is low, and it is not seen steadily in views that are turned, scaled
        and mirrored a little, see `featkit.detect_faces`.
    """

    min_row: float
    min_col: float
    max_row: float
    max_col: float
    score: float = math.nan
    angle: float = 0.0
    certain: bool = True

    @property
    def side(self) -> float:
        """Mean of height and width in pixels."""
        return (self.max_row - self.min_row + self.max_col - self.min_col) / 2

    @property
    def middle(self) -> np.ndarray:
        """Middle of the box, (row, col), the centre of the first pixel being (0, 0)."""
        return np.array([self.min_row + self.max_row - 1, self.min_col + self.max_col - 1]) / 2


def square_box(middle: ArrayLike, side: float, **details: Any) -> FaceBox:
    """Box of a side about a middle."""
    row, col = np.asarray(middle, dtype=np.float64).tolist()
    half = side / 2
    return FaceBox(row - half + 0.5, col - half + 0.5, row + half + 0.5, col + half + 0.5, **details)


def check_box(box: np.ndarray, shape: tuple[int, ...]) -> None:
    """Refuse a box (min_row, min_col, max_row, max_col) without a pixel of an image of a shape; NaN is no box."""
    if np.isnan(box).any():
        return
    first, last = np.maximum(box[:2], 0), np.minimum(box[2:], shape[:2])
    if not (np.isfinite(box).all() and (last - first >= 1).all()):
        raise ImageFormatError(
            "Expected a box (min_row, min_col, max_row, max_col), half-open, that holds pixels of an image of "
            f"{shape[0]} x {shape[1]}, got {box.tolist()}. Boxes (left, top, right, bottom) or (x, y, width, height) "
            "are written in this order first."
        )


def photo_of(image: Image) -> np.ndarray:
    """An image as the detectors take it: contiguous uint8 RGB, laid on black where it is transparent."""
    return np.ascontiguousarray(to_uint8(to_rgb(flatten_alpha(image))))


def view_map(middle: ArrayLike, angle: float, scale: float, height: int, width: int) -> np.ndarray:
    """Map from a view (height, width) to the photo: the view shows `middle` in its own middle, turned back by `angle`.

    One pixel of the view is `scale` pixels of the photo.
    """
    turn = math.radians(angle)
    affine_map = np.empty((2, 3))
    affine_map[:, :2] = scale * np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    affine_map[:, 2] = np.asarray(middle) - affine_map[:, :2] @ [(height - 1) / 2, (width - 1) / 2]
    return affine_map
