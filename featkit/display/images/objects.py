"""Objects of a photo with their numbers, lengths and widths, and the scale that was found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import cv2
import numpy as np

from ...exceptions import ImageFormatError
from ...image.checks import Image
from ...image.conversions import to_rgb, to_uint8
from ...image.reduction import reduced
from ...objects.image_objects import Objects
from ...scale.result import Scale
from ..base import Display
from ..checkerboard import draw_on_checkerboard
from ._calipers import caliper_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLORS = {  # RGB
    "outline": (230, 0, 126),
    "length": (213, 94, 0),
    "width": (0, 114, 178),
    "scale": (0, 158, 115),
    "number": (0, 0, 0),
    "paper": (255, 255, 255),
    "missing": (200, 0, 0),
}
LARGEST_ENLARGEMENT = 4.0
SUBPIXELS = 4  # bits of the fraction of a position, for OpenCV's lines
FONT = cv2.FONT_HERSHEY_SIMPLEX


class ObjectsDisplay(Display):
    """Every object with its outline, number, length and width, and the scale object with its value, on the photo.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        The photo in which the objects were found.
    objects : Objects
        From `featkit.objects.find_objects`.
    scale : Scale or None, default=None
        From `featkit.scale.find_scale`, about `image`. None where pixels are the unit.
    outlines : sequence of float ndarrays (n_points, 2), default=()
        (row, col) of what else lies on the sheet, such as a color card.
    warning : str, default=""
        Written above the photo.
    longest_side : int, default=1600
        Pixels of the drawing along its longer side; smaller photos are enlarged up to four times.

    Attributes
    ----------
    drawing : uint8 ndarray (height, width, 3)
        The drawing as an image.
    figure_ : matplotlib Figure
    ax_ : matplotlib Axes

    See Also
    --------
    MeasurementDisplay : The largest object alone.
    featkit.measurement.measure_photo : Measures all of them.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.display import ObjectsDisplay
    >>> from featkit.objects import find_objects
    >>> mask = np.zeros((200, 300), dtype=bool)
    >>> mask[50:90, 20:120] = mask[100:150, 180:220] = True
    >>> ObjectsDisplay(mask, find_objects(mask)).drawing.shape[1:]
    (1200, 3)
    """

    def __init__(
        self,
        image: Image,
        objects: Objects,
        scale: Scale | None = None,
        *,
        outlines: Sequence[np.ndarray] = (),
        warning: str = "",
        longest_side: int = 1600,
    ) -> None:
        if tuple(image.shape[:2]) != tuple(objects.shape):
            raise ImageFormatError(
                f"Expected an image of the size {tuple(objects.shape)} of the objects' image, got {image.shape[:2]}."
            )
        self.image = image
        self.objects = objects
        self.scale = scale
        self.outlines = outlines
        self.warning = warning
        self.longest_side = longest_side

    @classmethod
    def from_photo(cls, photo: Any, *, longest_side: int = 1600, ax: "Axes | None" = None) -> Self:
        """Show what was measured on a photo.

        Parameters
        ----------
        photo : MeasuredPhoto
            From `featkit.measurement.measure_photo`.
        longest_side : int, default=1600
            Pixels of the drawing along its longer side.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        display : ObjectsDisplay
            The display, drawn.
        """
        about = {"outlines": photo.left_out, "warning": photo.warning, "longest_side": longest_side}
        return cls(photo.image, photo.objects, photo.scale, **about).plot(ax=ax)

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw on axes.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None makes a figure.

        Returns
        -------
        self : ObjectsDisplay
            The display, drawn.
        """
        drawing = self.drawing
        self.ax_ = axis = self._one_axes(ax, (8, 8 * drawing.shape[0] / drawing.shape[1]))
        axis.imshow(drawing)
        axis.set_axis_off()
        return self

    @property
    def drawing(self) -> np.ndarray:
        """The drawing as an image, uint8 RGB."""
        height, width = self.image.shape[:2]
        factor = min(self.longest_side / max(height, width), LARGEST_ENLARGEMENT)
        canvas = _resized(self.image, factor)
        if self.scale is not None:
            for outline in self.scale.outlines:
                _draw_line(canvas, outline, factor, "scale", 3, closed=True)
        for outline in self.outlines:
            _draw_line(canvas, outline, factor, "scale", 3, closed=True)
        sizes = np.array((1.0, 1.0) if self.scale is None or not self.scale.is_known else self.scale.pixel_size)
        numbers = []
        for found in self.objects:
            contours, corners = _outline_of(found.mask, found.box[:2])
            for contour in contours:
                _draw_line(canvas, contour, factor, "outline", 2, closed=True)
            lines = caliper_lines(corners * sizes)
            for name, ends in lines.items():
                _draw_line(canvas, ends / sizes, factor, name, 2)
            numbers.append((str(found.number), contours[0][contours[0][:, 0].argmin()]))
        for number, top in numbers:  # above all lines
            _write(canvas, number, (top[1] * factor, top[0] * factor - 4), "number")
        return np.vstack([_headline(self._facts(), canvas.shape[1]), canvas])

    def _facts(self) -> list[tuple[str, str]]:
        """Texts above the photo, each with the name of its color."""
        n = len(self.objects)
        facts = [(f"{n} object{'s' * (n != 1)}", "number"), ("length", "length"), ("width", "width")]
        if self.scale is None:
            facts.append(("no scale: pixels", "scale"))
        elif self.scale.is_known:
            facts.append((_told(self.scale), "scale"))
        if self.warning:
            facts.append((self.warning, "missing"))
        return facts


def _told(scale: Scale) -> str:
    height, width = scale.pixel_size
    size = f"{height:.4g}" if np.isclose(height, width, rtol=1e-3) else f"{height:.4g} x {width:.4g}"
    parts = [f"{scale.kind}: {size} {scale.unit}/pixel"]
    if np.isfinite(scale.error):
        parts.append(f"+-{100 * scale.error:.2g} %")
    if scale.rectified:
        parts.append("rectified")
    if scale.tilt_error > 0:
        parts.append(f"tilt: areas within {100 * scale.tilt_error:.2g} %")
    return ", ".join(parts)


def _resized(image: Image, factor: float) -> np.ndarray:
    """The photo at the size of the drawing, uint8 RGB."""
    size = max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor))
    pixels = image.view(np.uint8) * 255 if image.dtype == bool else image
    small = reduced(pixels, size) if factor < 1 else cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)
    has_alpha = small.ndim == 3 and small.shape[2] == 4
    return np.array(to_uint8(to_rgb(draw_on_checkerboard(small) if has_alpha else small)), order="C")


def _outline_of(mask: np.ndarray, corner: Sequence[int]) -> tuple[list[np.ndarray], np.ndarray]:
    """Outlines (row, col) through the outermost pixels of an object, and the corners of these pixels."""
    top, left = corner
    found, _ = cv2.findContours(mask.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contours = [np.reshape(points, (-1, 2))[:, ::-1] + (top, left) for points in found]
    points = np.vstack(contours)
    halves = [(-0.5, 0), (0.5, 0), (0, -0.5), (0, 0.5)]  # middles of the sides of pixels, as measures take them
    return contours, np.vstack([points + half for half in halves])


def _draw_line(
    canvas: np.ndarray, points: np.ndarray, factor: float, color: str, thickness: int, closed: bool = False
) -> None:
    places = np.clip((points[:, ::-1] + 0.5) * factor - 0.5, -1e4, 1e5)
    fixed = np.rint(places * (1 << SUBPIXELS)).astype(np.int32)
    cv2.polylines(canvas, [fixed], closed, COLORS[color], thickness, cv2.LINE_AA, SUBPIXELS)


def _write(canvas: np.ndarray, text: str, place: tuple[float, float], color: str, size: float = 0.6) -> None:
    """Text on a white halo, its foot in the middle at a place, moved to lie within the canvas."""
    (width, height), below = cv2.getTextSize(text, FONT, size, 2)
    left = int(np.clip(place[0] - width / 2, 2, max(canvas.shape[1] - width - 2, 2)))
    base = int(np.clip(place[1], height + 2, max(canvas.shape[0] - below, height + 2)))
    cv2.putText(canvas, text, (left, base), FONT, size, COLORS["paper"], 5, cv2.LINE_AA)
    cv2.putText(canvas, text, (left, base), FONT, size, COLORS[color], 2, cv2.LINE_AA)


def _headline(facts: list[tuple[str, str]], width: int) -> np.ndarray:
    """Lines of text, begun anew where one is full; a longer text is made smaller to fit."""
    lines: list[list[tuple[int, str, str, float]]] = [[]]
    left = 8
    for text, color in facts:
        size = 0.6
        (extent, _), _ = cv2.getTextSize(text, FONT, size, 2)
        if extent > width - 16:
            size, extent = size * (width - 16) / extent, width - 16
        if left + extent > width - 8 and lines[-1]:
            lines.append([])
            left = 8
        lines[-1].append((left, text, color, size))
        left += extent + 24
    strip = np.full((30 * len(lines) + 4, width, 3), COLORS["paper"], np.uint8)
    for number, line in enumerate(lines):
        for left, text, color, size in line:
            cv2.putText(strip, text, (left, 30 * number + 22), FONT, size, COLORS[color], 2, cv2.LINE_AA)
    return strip
