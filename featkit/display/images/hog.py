"""HOG drawn over its image: in each cell a star of strokes, along the edges and as dark as they are strong."""

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike

from ..._optional import require
from ...features.gradients.hog_cells import hog_cells
from ...image.checks import Image
from ..base import Display
from ..checkerboard import draw_on_checkerboard

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class HOGDisplay(Display):
    """Histogram of oriented gradients (HOG) drawn as strokes in each cell, over the image it comes from.

    Parameters
    ----------
    cells : ndarray (cell rows, cell columns, orientations)
        As `hog_cells` returns them.
    pixels_per_cell : (int, int)
        Rows and columns of a cell.
    image : ndarray (height, width[, 3 or 4]) or None, default=None
        Shown faintly below the strokes.
    signed : bool, default=False
        Whether the orientations go round 360 degrees; opposite ones share a stroke.

    Attributes
    ----------
    figure_ : matplotlib Figure
    ax_ : matplotlib Axes
        In pixels of the image.

    See Also
    --------
    featkit.features.gradients.hog_cells : Computes the cells.
    ExplanationDisplay : What a classifier makes of them.

    Examples
    --------
    >>> from skimage.data import camera
    >>> from featkit.display import HOGDisplay
    >>> HOGDisplay.from_image(camera(), pixels_per_cell=(32, 32)).cells.shape
    (16, 16, 9)
    """

    def __init__(
        self,
        cells: np.ndarray,
        pixels_per_cell: tuple[int, int],
        image: Image | None = None,
        signed: bool = False,
    ) -> None:
        self.cells = cells
        self.pixels_per_cell = pixels_per_cell
        self.image = image
        self.signed = signed

    @classmethod
    def from_image(
        cls,
        image: Image,
        *,
        orientations: int = 9,
        pixels_per_cell: tuple[int, int] = (8, 8),
        signed: bool = False,
        ax: "Axes | None" = None,
    ) -> Self:
        """Compute the cells of an image and draw them.

        Parameters
        ----------
        image : ndarray (height, width[, 3 or 4])
            The image to describe.
        orientations : int, default=9
            Bins of the gradient's direction.
        pixels_per_cell : (int, int), default=(8, 8)
            Rows and columns of a cell.
        signed : bool, default=False
            Whether the orientations go round 360 degrees instead of 180.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : HOGDisplay
            The display, drawn.
        """
        cells = hog_cells(image, orientations=orientations, pixels_per_cell=pixels_per_cell, signed=signed)
        return cls(cells, pixels_per_cell, image, signed).plot(ax=ax)

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw the strokes.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        self : HOGDisplay
            The display, drawn.
        """
        rows, cols = (self.cells.shape[axis] * self.pixels_per_cell[axis] for axis in (0, 1))
        self.ax_ = axis = self._one_axes(ax, (5, 5 * rows / cols))
        if self.image is not None:
            axis.imshow(draw_on_checkerboard(self.image), cmap="gray", vmin=0, vmax=1, alpha=0.35)
        draw_strokes(axis, self.cells, self.pixels_per_cell, "black", signed=self.signed)
        axis.set(xlim=(-0.5, cols - 0.5), ylim=(rows - 0.5, -0.5), aspect="equal")
        axis.set_axis_off()
        return self


def draw_strokes(
    axis: "Axes",
    cells: ArrayLike,
    pixels_per_cell: tuple[int, int],
    color: str,
    *,
    signed: bool = False,
    strongest: float | None = None,
) -> None:
    """Draw a stroke for each cell and orientation, along the edge (across its gradient), as opaque as it is strong."""
    strengths = np.asarray(cells, dtype=np.float64)
    turn = 360 if signed else 180
    angles = np.deg2rad((np.arange(strengths.shape[2]) + 0.5) * turn / strengths.shape[2])
    strongest = strongest or strengths.max()
    row, col, orientation = np.nonzero(strengths > 0.02 * strongest if strongest > 0 else strengths > 0)
    if len(row) == 0:
        return
    height, width = pixels_per_cell
    center_rows, center_cols = (row + 0.5) * height - 0.5, (col + 0.5) * width - 0.5
    along_rows, along_cols = np.cos(angles[orientation]), -np.sin(angles[orientation])
    reach = 0.48 * min(height, width)
    strokes = np.stack(
        [
            np.column_stack([center_cols - reach * along_cols, center_rows - reach * along_rows]),
            np.column_stack([center_cols + reach * along_cols, center_rows + reach * along_rows]),
        ],
        axis=1,
    )
    collection = require("matplotlib.collections", extra="plot").LineCollection
    opacity = np.clip(strengths[row, col, orientation] / (strongest or 1), 0, 1)
    axis.add_collection(collection(strokes, colors=color, alpha=opacity, linewidths=1.3))
