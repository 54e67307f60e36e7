"""What an extractor sees of an image, drawn on it, and the values that it gives."""

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from skimage.measure import find_contours
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError

from ...features.binary_patterns.local_binary_pattern import LocalBinaryPattern, local_binary_pattern_codes
from ...features.frequency.gabor import GaborBank
from ...features.frequency.gabor_amplitudes import gabor_amplitudes
from ...features.gradients.hog import HOG
from ...features.gradients.hog_cells import hog_cells
from ...image.alpha import foreground_mask
from ...image.checks import Image, check_image
from .._curves import plain_text
from ..base import Display
from ..checkerboard import draw_on_checkerboard
from .hog import draw_strokes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS = 24  # values that are drawn with their names
FORM = tuple(f"featkit.features.{family}." for family in ("contour", "moments", "shape", "skeleton"))


class FeatureDisplay(Display):
    """What an extractor sees of an image, beside the values that it gives.

    HOG shows the strokes of its cells, local binary patterns the code of every pixel, a Gabor bank the largest
    amplitude at every pixel, whatever measures form (regions, outlines, moments, skeletons) the contour of the
    foreground, whatever has a grid its cells; any other extractor shows the image.

    Parameters
    ----------
    extractor : FeatureExtractor
        Fitted where it learns something.
    image : ndarray (height, width[, 3 or 4])
        The image to describe.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes (2,)
        The view, and the values: bars with their names for up to 24 of them, else a line.

    See Also
    --------
    HOGDisplay : Cells of HOG alone.
    ExplanationDisplay : What a classifier makes of the values.
    StepsDisplay : An image after every step of a pipeline.

    Examples
    --------
    >>> from skimage.data import brick
    >>> from featkit import LocalBinaryPattern
    >>> from featkit.display import FeatureDisplay
    >>> display = FeatureDisplay(LocalBinaryPattern(), brick()).plot()
    >>> [axis.get_title() for axis in display.axes_]
    ['code of every pixel', '10 values of LocalBinaryPattern']
    """

    def __init__(self, extractor: BaseEstimator, image: Image) -> None:
        self.extractor = extractor
        self.image = image

    def plot(self, ax: "Axes | np.ndarray | None" = None) -> Self:
        """Draw view and values.

        Parameters
        ----------
        ax : array of two matplotlib Axes or None, default=None
            For the view and for the values; None makes a figure.

        Returns
        -------
        self : FeatureDisplay
            The display, drawn.
        """
        image = check_image(self.image)
        values = np.asarray(self.extractor.transform([image]), dtype=np.float64)[0]
        self.axes_ = self._grid_of_axes(ax, 2, 2, (4, 4))
        view, table = self.axes_
        _draw_view(view, self.extractor, image)
        view.set_axis_off()
        table.set_title(f"{len(values)} values of {type(self.extractor).__name__}", fontsize=10)
        if len(values) > MOST_BARS:
            table.plot(values, linewidth=0.7)
        else:
            table.barh(range(len(values)), values)
            table.set_yticks(
                range(len(values)), [plain_text(name) for name in _names(self.extractor, image)], fontsize=7
            )
            table.invert_yaxis()
        table.tick_params(axis="x", labelsize=7)
        table.spines[["top", "right"]].set_visible(False)
        return self


def _names(extractor: BaseEstimator, image: Image) -> np.ndarray:
    try:
        return extractor.get_feature_names_out()
    except NotFittedError:  # it depends on the size of the image alone
        return clone(extractor).fit([image]).get_feature_names_out()


def _draw_view(axis: "Axes", extractor: BaseEstimator, image: Image) -> None:
    height, width = image.shape[:2]
    if isinstance(extractor, LocalBinaryPattern):
        parameters = {name: getattr(extractor, name) for name in ("n_points", "radius", "method", "background")}
        axis.set_title("code of every pixel", fontsize=10)
        axis.imshow(local_binary_pattern_codes(image, **parameters), cmap="viridis", interpolation="nearest")
        return
    if isinstance(extractor, GaborBank):
        options: dict[str, Any] = {"orientations": extractor.orientations, "bandwidth": extractor.bandwidth}
        largest = [
            gabor_amplitudes(image, frequency=frequency, **options).max(axis=0) for frequency in extractor.frequencies
        ]
        axis.set_title("largest amplitude at every pixel", fontsize=10)
        axis.imshow(np.max(largest, axis=0), cmap="magma")
        return
    is_hog = isinstance(extractor, HOG)
    axis.imshow(draw_on_checkerboard(image), cmap="gray", vmin=0, vmax=1, alpha=0.35 if is_hog else 1)
    if is_hog:
        shared = ("orientations", "pixels_per_cell", "signed")
        cells = hog_cells(image, **{name: getattr(extractor, name) for name in shared})
        draw_strokes(axis, cells, extractor.pixels_per_cell, "black", signed=extractor.signed)
        axis.set_title("strokes along the edges of every cell", fontsize=10)
    elif any(kind.__module__.startswith(FORM) for kind in type(extractor).__mro__):
        for contour in find_contours(np.pad(foreground_mask(image), 1).astype(float), 0.5):
            axis.plot(contour[:, 1] - 1, contour[:, 0] - 1, color="#d55e00", linewidth=1.5)
        axis.set_title("contour of the foreground", fontsize=10)
    elif max(grid := getattr(extractor, "grid", (1, 1))) > 1:
        for count, extent, draw in ((grid[0], height, axis.axhline), (grid[1], width, axis.axvline)):
            for cell in range(1, count):
                draw(extent * cell // count - 0.5, color="#d55e00", linewidth=1)
        axis.set_title(f"cells of a grid of {grid[0]} x {grid[1]}", fontsize=10)
    else:
        axis.set_title("image", fontsize=10)
