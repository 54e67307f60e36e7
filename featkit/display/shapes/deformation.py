"""Thin-plate-spline deformation grids: how one shape becomes another."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import RBFInterpolator

from ...exceptions import LandmarkFormatError
from ..base import Display
from ._landmark_lines import draw_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARGIN = 0.15  # of the larger side of the shape, around it
_DOTS = 60  # along every line of the grid


class DeformationGridDisplay(Display):
    """Deformation grid: a square grid over one shape, carried to another by the thin-plate spline between the two.

    Parameters
    ----------
    source, target : array-like (n_points, 2) or (2 * n_points,)
        (row, col) of the points of both shapes, such as the mean shape of `ProcrustesAligner` and an aligned shape.
    magnification : float, default=1.0
        Times the difference that is drawn; above 1 to see small ones.
    n_lines : int, default=16
        Lines along the larger side of the shape.
    lines : sequence of sequence of int, default=()
        Points of the target that are joined by lines, such as ``landmark_scheme("300w").lines``.

    Attributes
    ----------
    figure_ : matplotlib Figure
    ax_ : matplotlib Axes
    grid_ : list of ndarray (n_dots, 2)
        (row, col) of the lines of the grid as they are drawn.

    See Also
    --------
    featkit.ProcrustesAligner : Mean shape and aligned shapes.
    ShapeComponentsDisplay : How shapes vary.
    LandmarkSchemeDisplay : Points of a scheme.

    Notes
    -----
    The thin-plate spline is the smoothest map that carries all points of one shape to those of the other: lines that
    stay straight and parallel show parts that are only moved, turned, sheared or scaled, lines that bend local change.
    Align both shapes first: position, orientation and size are drawn otherwise, too.

    References
    ----------
    Bookstein 1989, "Principal warps: thin-plate splines and the decomposition of deformations", doi:10.1109/34.24792.

    Examples
    --------
    >>> from featkit.display import DeformationGridDisplay
    >>> square = [[0, 0], [0, 4], [4, 0], [4, 4]]
    >>> kite = [[0, 0], [0, 4], [4, 0], [5, 5]]
    >>> display = DeformationGridDisplay(square, kite, n_lines=5).plot()
    >>> len(display.grid_)
    10
    """

    def __init__(
        self,
        source: ArrayLike,
        target: ArrayLike,
        *,
        magnification: float = 1.0,
        n_lines: int = 16,
        lines: Sequence[Sequence[int]] = (),
    ) -> None:
        self.source = source
        self.target = target
        self.magnification = magnification
        self.n_lines = n_lines
        self.lines = lines

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw the grid and the points of the target.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        self : DeformationGridDisplay
            The display, drawn.
        """
        source, target = _points(self.source), _points(self.target)
        if len(source) != len(target):
            raise LandmarkFormatError(f"Expected as many points on both sides, got {len(source)} and {len(target)}.")
        if self.n_lines < 2:
            raise ValueError(f"Expected at least two lines of the grid, got n_lines={self.n_lines!r}.")
        affine = np.column_stack([np.ones(len(source)), source])
        if len(np.unique(source, axis=0)) < len(source) or np.linalg.matrix_rank(affine) < 3:
            raise LandmarkFormatError(
                "Expected a source of at least three points, no two of them in one place and not all on one line."
            )
        target = source + self.magnification * (target - source)
        carry = RBFInterpolator(source, target, kernel="thin_plate_spline", degree=1)
        self.grid_ = [carry(line) for line in _grid(source, self.n_lines)]
        self.ax_ = self._one_axes(ax, (4.0, 4.0))
        for line in self.grid_:
            self.ax_.plot(line[:, 1], line[:, 0], "-", color="0.6", linewidth=0.7)
        draw_lines(self.ax_, target, self.lines, "tab:blue", size=6)
        self.ax_.set_aspect("equal")
        self.ax_.invert_yaxis()
        self.ax_.set_axis_off()
        return self


def _points(shape: ArrayLike) -> np.ndarray:
    points = np.asarray(shape, dtype=np.float64)
    if points.ndim not in (1, 2) or points.size % 2 or (points.ndim == 2 and points.shape[1] != 2):
        in_space = points.ndim == 2 and points.shape[1] == 3
        raise LandmarkFormatError(
            f"Expected points (n_points, 2) of one shape, got an array of shape {points.shape}."
            f"{' Project points in space by leaving out their depth: points[:, :2].' if in_space else ''}"
        )
    if not np.isfinite(points).all():
        raise LandmarkFormatError("Expected all points of both shapes, got missing or infinite ones.")
    return points.reshape(-1, 2)


def _grid(points: np.ndarray, n_lines: int) -> list[np.ndarray]:
    """Lines (n_dots, 2) of a square grid over points and a margin."""
    low, high = points.min(axis=0), points.max(axis=0)
    margin = _MARGIN * (high - low).max()
    low, high = low - margin, high + margin
    step = (high - low).max() / (n_lines - 1)
    rows, cols = (np.arange(first, last + step / 1e6, step) for first, last in zip(low, high, strict=True))
    along_rows, along_cols = np.linspace(rows[0], rows[-1], _DOTS), np.linspace(cols[0], cols[-1], _DOTS)
    across = [np.stack([np.full(_DOTS, row), along_cols], axis=1) for row in rows]
    return [*across, *(np.stack([along_rows, np.full(_DOTS, col)], axis=1) for col in cols)]
