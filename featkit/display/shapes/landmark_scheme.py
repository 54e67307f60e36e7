"""The points of a landmark scheme with their numbers."""

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike

from ...exceptions import LandmarkFormatError
from ...faces.landmarks.schemes._drawn import drawn_face
from ...faces.landmarks.schemes.known_schemes import scheme_of
from ...faces.landmarks.schemes.landmark_scheme import LandmarkScheme
from ..base import Display
from ._landmark_lines import draw_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLORS = {"left": "tab:blue", "right": "tab:orange", "nose": "tab:green", "mouth": "tab:red", "jaw": "tab:gray"}
_OTHER_COLOR = "tab:purple"
_MOST_NUMBERED = 120  # points; of more, those alone that are points of 300-W


class LandmarkSchemeDisplay(Display):
    """A landmark scheme: its points with their numbers, joined by lines and coloured by region.

    Parameters
    ----------
    scheme : str or LandmarkScheme
        A name that `featkit.faces.landmarks.landmark_scheme` knows, or a scheme of one's own.
    points : array-like (n_points, 2) or (2 * n_points,) or None, default=None
        (row, col) of the points, such as a mean shape; NaN is not drawn. None: on a drawn face, which shows the order
        of the points, not where exactly annotators put them; there is one for schemes that are known by name.

    Attributes
    ----------
    figure_ : matplotlib Figure
    ax_ : matplotlib Axes

    See Also
    --------
    featkit.faces.landmarks.landmark_scheme : The schemes.
    LandmarkDisplay : Landmarks on a photo.

    Examples
    --------
    >>> from featkit.display import LandmarkSchemeDisplay
    >>> display = LandmarkSchemeDisplay("retinaface").plot()
    >>> [text.get_text() for text in display.ax_.texts]
    ['0', '1', '2', '3', '4']
    """

    def __init__(self, scheme: str | LandmarkScheme, points: ArrayLike | None = None) -> None:
        self.scheme = scheme
        self.points = points

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw points, lines and numbers.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        self : LandmarkSchemeDisplay
            The display, drawn.
        """
        scheme = scheme_of(self.scheme)
        points = drawn_face(scheme.name) if self.points is None else np.asarray(self.points, dtype=np.float64)
        if points.size != 2 * scheme.n_points:
            raise LandmarkFormatError(
                f'Expected the {scheme.n_points} points of the scheme "{scheme.name}", got shape {points.shape}.'
            )
        points = points.reshape(-1, 2)
        self.ax_ = self._one_axes(ax, (5.5, 6.5) if scheme.n_points > 40 else (3.2, 3.6))
        regions = scheme.regions or {"": range(scheme.n_points)}
        drawn = np.full(scheme.n_points, False)
        for region, numbers in regions.items():
            color = _COLORS.get(region.partition("_")[0], _OTHER_COLOR)
            own = np.where(np.isin(np.arange(scheme.n_points), list(numbers))[:, np.newaxis], points, np.nan)
            draw_lines(self.ax_, own, [line for line in scheme.lines if set(line) <= set(numbers)], color, size=4)
            drawn[list(numbers)] = True
        others = np.where(drawn[:, np.newaxis], np.nan, points)
        self.ax_.plot(others[:, 1], others[:, 0], ".", color=_OTHER_COLOR, markersize=4)
        small = scheme.n_points > 40
        for number in self._numbered(scheme):
            if not np.isnan(points[number]).any():
                place = tuple(points[number, ::-1].tolist())
                self.ax_.annotate(
                    str(number), place, xytext=(1.5, 1.5), textcoords="offset points", fontsize=5 if small else 8
                )
        self.ax_.set_aspect("equal")
        self.ax_.invert_yaxis()
        self.ax_.set_axis_off()
        self.ax_.set_title(f"{scheme.name}: {scheme.n_points} points", fontsize=9)
        return self

    def _numbered(self, scheme):
        if scheme.n_points <= _MOST_NUMBERED:
            return range(scheme.n_points)
        return sorted(numbers[0] for numbers in scheme.counterparts.values() if len(numbers) == 1)
