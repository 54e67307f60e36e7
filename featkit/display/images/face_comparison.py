"""Both faces of a comparison with their landmarks, and where they differ."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import numpy as np

from ...faces.comparison.comparison import FaceComparison
from ...image.affine import warp_affine
from ...image.checks import Image
from ..base import Display
from ..checkerboard import draw_on_checkerboard
from ..shapes._landmark_lines import draw_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLORS = "tab:cyan", "tab:orange"
FRAME = 0.35  # of the extent of the points, shown around them
LONG_SIDE = 640  # pixels of a face that are drawn


class FaceComparisonDisplay(Display):
    """Comparison of two faces: both with their landmarks, and the second one's landmarks laid on the first one's.

    Parameters
    ----------
    comparison : FaceComparison
        As `featkit.compare_faces` returns it.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes (3,)
        First face, second face, both.

    See Also
    --------
    featkit.compare_faces : Makes the comparison.
    LandmarkDisplay : Landmarks of one photo.

    Examples
    --------
    >>> from skimage.data import astronaut
    >>> from featkit.display import FaceComparisonDisplay
    >>> from featkit import FaceLandmarks, compare_faces
    >>> comparison = compare_faces(astronaut(), astronaut(), landmarks=FaceLandmarks(average=False))
    >>> display = FaceComparisonDisplay(comparison).plot()
    >>> len(display.axes_)
    3
    """

    def __init__(self, comparison: FaceComparison) -> None:
        self.comparison = comparison

    def plot(self, ax: "Axes | np.ndarray | None" = None) -> Self:
        """Draw the first face, the second one, and their differences on the first.

        Parameters
        ----------
        ax : array of three matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        self : FaceComparisonDisplay
            The display, drawn.
        """
        found = self.comparison
        lines = found.scheme.lines
        self.axes_ = self._grid_of_axes(ax, 3, 3, (3.2, 3.8))
        first, second, both = self.axes_
        _draw_face(first, found.image_a, found.points_a, lines, COLORS[0])
        _draw_face(second, found.image_b, found.points_b, lines, COLORS[1])
        _draw_face(both, found.image_a, found.points_a, lines, COLORS[0])
        draw_lines(both, found.points_b_on_a, lines, COLORS[1])
        for one, other in zip(found.points_a, found.points_b_on_a, strict=True):
            both.plot(*np.transpose([one, other])[::-1], color="white", linewidth=0.8)
        first.set_title("first", fontsize=9)
        second.set_title("second", fontsize=9)
        title = f"similarity {found.similarities['appearance']:.2f}, distance {found.distance:.3f}"
        if found.probability is not None:
            title += f"\none person: {found.probability:.0%}"
        both.set_title(title, fontsize=9)
        both.set_axis_on()
        both.set(xticks=[], yticks=[], frame_on=False)
        parts = "  ".join(f"{part} {distance:.2f}" for part, distance in found.parts.items())
        both.set_xlabel(f"Procrustes distances of the parts:\n{parts}", fontsize=6.5)
        return self


def _draw_face(axis: "Axes", image: Image, points: np.ndarray, lines: Sequence[Sequence[int]], color: str) -> None:
    low, high = points.min(axis=0), points.max(axis=0)
    frame = FRAME * (high - low).max()
    crop, edges = _crop(image, low - frame, high + frame)
    axis.imshow(draw_on_checkerboard(crop), cmap="gray", vmin=0, vmax=1, extent=edges)
    draw_lines(axis, points, lines, color)
    axis.set_xlim(low[1] - frame, high[1] + frame)
    axis.set_ylim(high[0] + frame, low[0] - frame)
    axis.set_axis_off()


def _crop(image: Image, low: np.ndarray, high: np.ndarray) -> tuple[Image, tuple[float, float, float, float]]:
    """What lies between two corners, reduced where it is large; and its edges left, right, bottom, top."""
    shape = np.array(image.shape[:2])
    first = np.clip(np.floor(low).astype(int), 0, shape - 1)
    last = np.clip(np.ceil(high).astype(int) + 1, first + 1, shape)
    edges = (first[1] - 0.5, last[1] - 0.5, last[0] - 0.5, first[0] - 0.5)
    if (last - first).max() <= LONG_SIDE:
        return image[first[0] : last[0], first[1] : last[1]], edges
    rows, cols = np.maximum((last - first) * LONG_SIDE // (last - first).max(), 1)
    scales = (last - first) / (rows, cols)
    reduced = warp_affine(image, np.column_stack([np.diag(scales), first + (scales - 1) / 2]), rows, cols)
    return reduced, edges
