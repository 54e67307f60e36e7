"""Landmarks and boxes of faces drawn on the photo."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike

from ...exceptions import LandmarkFormatError
from ...faces.detection.boxes import FaceBox
from ...faces.landmarks.schemes.known_schemes import scheme_of
from ...faces.landmarks.schemes.landmark_scheme import LandmarkScheme
from ...image.checks import Box, Image
from ..base import Display
from ..checkerboard import draw_on_checkerboard
from ..shapes._landmark_lines import draw_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLORS = ("#00b4ff", "#ff9500", "#3ddc60", "#ff4d6d", "#c77dff")


class LandmarkDisplay(Display):
    """Landmarks drawn on the photo, with the boxes of the faces and, where given, the true points.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        The photo.
    points : array-like (n_points, 2), (n_faces, n_points, 2) or None, default=None
        (row, col) of the landmarks, as `featkit.faces.landmarks.face_landmarks` gives them; NaN is not drawn.
    boxes : list of FaceBox or of (min_row, min_col, max_row, max_col), default=()
        Tilted boxes are drawn tilted, uncertain ones dashed.
    scheme : str, LandmarkScheme or None, default=None
        Joins the points by the lines of their scheme, a name that `featkit.faces.landmarks.landmark_scheme` knows or
        one of one's own; None: dots alone.
    expected : array-like (n_points, 2) or None, default=None
        True points, drawn as crosses, a line leading to each from the point that was found.

    Attributes
    ----------
    figure_ : matplotlib Figure
    ax_ : matplotlib Axes
        In pixels of the photo.

    See Also
    --------
    featkit.faces.landmarks.face_landmarks : Finds landmarks.
    featkit.detect_faces : Finds boxes.
    FaceComparisonDisplay : Landmarks of two faces.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from featkit.display import LandmarkDisplay
    >>> from featkit import detect_faces
    >>> from featkit.faces.landmarks import face_landmarks
    >>> image = astronaut()
    >>> points = face_landmarks(image, n_points=5)
    >>> display = LandmarkDisplay(image, points, boxes=detect_faces(image)).plot()
    >>> len(display.ax_.patches)
    1
    """

    def __init__(
        self,
        image: Image,
        points: ArrayLike | None = None,
        *,
        boxes: Sequence[FaceBox | Box] = (),
        scheme: str | LandmarkScheme | None = None,
        expected: ArrayLike | None = None,
    ) -> None:
        self.image = image
        self.points = points
        self.boxes = boxes
        self.scheme = scheme
        self.expected = expected

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw the photo and what was found on it.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        self : LandmarkDisplay
            The display, drawn.
        """
        height, width = self.image.shape[:2]
        scale = 5 / max(height, width)
        self.ax_ = self._one_axes(ax, (max(1.5, scale * width), max(1.5, scale * height)))
        self.ax_.imshow(draw_on_checkerboard(self.image), cmap="gray", vmin=0, vmax=1)
        self.ax_.set_axis_off()
        for box, color in zip(self.boxes, _repeated_colors(len(self.boxes))):
            dashed = len(box) > 4 and not box[6]
            self.ax_.fill(*_corners(box).T, fill=False, edgecolor=color, linestyle="--" if dashed else "-")
        faces = _faces(self.points)
        for face, color in zip(faces, _repeated_colors(len(faces))):
            if self.scheme is None:
                self.ax_.plot(face[:, 1], face[:, 0], ".", color=color, markersize=5, markeredgewidth=0)
            else:
                draw_lines(self.ax_, face, _lines(self.scheme, face), color, size=5)
        if self.expected is not None:
            expected = _faces(self.expected)
            for found, true in zip(faces, expected):
                self.ax_.plot([found[:, 1], true[:, 1]], [found[:, 0], true[:, 0]], "-", color="white", linewidth=0.7)
            true = expected.reshape(-1, 2)
            self.ax_.plot(true[:, 1], true[:, 0], "x", color="white", markersize=4, markeredgewidth=0.7)
        return self


def _lines(scheme: str | LandmarkScheme, face: np.ndarray) -> Sequence[Sequence[int]]:
    known = scheme_of(scheme)
    if len(face) != known.n_points:
        raise LandmarkFormatError(f'Expected {known.n_points} points of scheme "{known.name}", got {len(face)}.')
    return known.lines


def _repeated_colors(number: int) -> list[str]:
    return [_COLORS[index % len(_COLORS)] for index in range(number)]


def _faces(points: ArrayLike | None) -> np.ndarray:
    """Points (n_faces, n_points, 2)."""
    if points is None:
        return np.empty((0, 0, 2))
    faces = np.asarray(points, dtype=np.float64)
    if faces.ndim not in (2, 3) or faces.shape[-1] != 2:
        raise ValueError(f"Expected points (n_points, 2) or (n_faces, n_points, 2), got shape {faces.shape}.")
    return faces.reshape(-1, *faces.shape[-2:])


def _corners(box: FaceBox | Box) -> np.ndarray:
    """Corners of a box as (x, y), turned about its middle where it is tilted."""
    min_row, min_col, max_row, max_col = (edge - 0.5 for edge in box[:4])
    middle = np.array([min_col + max_col, min_row + max_row]) / 2
    corners = np.array([(min_col, min_row), (max_col, min_row), (max_col, max_row), (min_col, max_row)])
    turn = math.radians(box[5] if len(box) > 4 else 0)
    back = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    return (corners - middle) @ back.T + middle
