"""Where on a photo an object's length and width were measured."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

import numpy as np
from skimage.measure import find_contours

from ...exceptions import SubjectNotFoundError
from ...features.shape.measures import PixelSize, check_pixel_size
from ...features.shape.region_measurements import region_measurements, region_measurements_names
from ...image.alpha import foreground_mask
from ...image.checks import Image
from ...image.masks.components import fill_holes, largest_component
from ..base import Display
from ..checkerboard import draw_on_checkerboard
from ._calipers import caliper_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLORS = {"length": "#d55e00", "width": "#0072b2", "outline": "#ffffff"}


class MeasurementDisplay(Display):
    """Contour, length and width of the largest object, drawn on the photo.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        The photo that was measured.
    outline : float ndarray (n_points, 2)
        (row, col).
    axes : dict of str to ndarray (2, 2)
        Ends (row, col) of the lines "length" and "width".
    measures : dict of str to float
        "length" and "width" in `unit`.
    unit : str, default="px"
        Unit of length, as it is written.

    Attributes
    ----------
    figure_ : matplotlib Figure
    ax_ : matplotlib Axes
        In pixels of the image.

    See Also
    --------
    featkit.RegionMeasurements : All measures as columns.
    StepsDisplay : An image after every step of a pipeline.

    Examples
    --------
    >>> from featkit.display import MeasurementDisplay
    >>> from featkit import make_shapes
    >>> shapes = make_shapes(1, shape="disk", random_state=0)
    >>> display = MeasurementDisplay.from_image(shapes.images[0] > 127, pixel_size=0.1, unit="cm")
    >>> abs(display.measures["length"] - 0.1 * shapes.length[0]) < 0.1
    np.True_
    """

    def __init__(
        self,
        image: Image,
        outline: np.ndarray,
        axes: Mapping[str, np.ndarray],
        measures: Mapping[str, float],
        unit: str = "px",
    ) -> None:
        self.image = image
        self.outline = outline
        self.axes = axes
        self.measures = measures
        self.unit = unit

    @classmethod
    def from_image(
        cls, image: Image, *, pixel_size: PixelSize = 1.0, unit: str = "px", ax: "Axes | None" = None
    ) -> Self:
        """Measure the largest object of an image, as `RegionMeasurements` does, and draw it.

        Parameters
        ----------
        image : ndarray (height, width[, 3 or 4])
            With alpha, or a mask.
        pixel_size : float or (float, float), default=1.0
            Length of the side, or height and width, of a pixel in `unit`.
        unit : str, default="px"
            Unit of length, as it is written.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : MeasurementDisplay
            The display, drawn.

        Raises
        ------
        SubjectNotFoundError
            When there is no foreground.
        """
        mask = fill_holes(largest_component(foreground_mask(image)))
        if not mask.any():
            raise SubjectNotFoundError("Expected an image with foreground, got none: put a BackgroundRemover before.")
        values = region_measurements(mask, pixel_size=pixel_size, color=None)
        table = dict(zip(region_measurements_names(color=None), values, strict=True))
        measures = {
            "length": float(table["region_feret_diameter_max"]),
            "width": float(table["region_feret_diameter_min"]),
        }
        outline = max(find_contours(np.pad(mask, 1).astype(float), 0.5), key=len) - 1
        sizes = np.array(check_pixel_size(pixel_size))
        axes = {name: ends / sizes for name, ends in caliper_lines(outline * sizes).items()}
        return cls(image, outline, axes, measures, unit).plot(ax=ax)

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw photo, outline and axes.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        self : MeasurementDisplay
            The display, drawn.
        """
        height, width = self.image.shape[:2]
        self.ax_ = axis = self._one_axes(ax, (5, 5 * height / width + 0.5))
        axis.imshow(draw_on_checkerboard(self.image), cmap="gray", vmin=0, vmax=1)
        axis.plot(self.outline[:, 1], self.outline[:, 0], color="black", linewidth=2.4, alpha=0.6)
        axis.plot(self.outline[:, 1], self.outline[:, 0], color=COLORS["outline"], linewidth=1.2)
        for name, ends in self.axes.items():
            label = f"{name} {self.measures[name]:.3g} {self.unit}"
            axis.plot(ends[:, 1], ends[:, 0], color=COLORS[name], linewidth=2, marker="o", markersize=4, label=label)
        axis.set_axis_off()
        axis.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2, fontsize=9, frameon=False)
        return self
