"""A photo of several things measured from beginning to end: scale, perspective, colours, background, objects."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .._optional import require
from ..exceptions import ImageFormatError
from ..features.shape.measures import MEASURES, UNIT_POWERS, measured_runs
from ..image.checks import Image, check_image
from ..image.masks.gray_masks import is_gray_mask
from ..objects.image_objects import Objects
from ..parameters import FROM_0, check_number, check_option
from ..preprocessing.color.color_card import ColorCard, find_color_card
from ..preprocessing.foreground.segmentation import METHODS
from ..scale._fitting.lens import distorted, undistorted
from ..scale._fitting.planes import corners_of, transform
from ..scale.result import Scale
from ._photo_objects import is_cut_out, left_out_mask, object_colors, photo_objects, without_white_margin
from ._scale_of_photo import WantedScale, check_unit, scale_of_photo, upright, wanted_scale

RENAMED = {"feret_diameter_max": "length", "feret_diameter_min": "width"}
FIRST = ("area", "feret_diameter_max", "feret_diameter_min", "perimeter")
ORDER = [*FIRST, *(name for name in MEASURES if name not in FIRST)]
COLORS = ("red", "green", "blue")

TILTED = 0.1  # error of an area that the tilt of the camera may leave, above which it is said


@dataclass(frozen=True, eq=False)
class MeasuredPhoto:
    """Objects of a photo, what was measured of them, and by which scale; made by `measure_photo`.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        The photo; where it was rectified, the sheet from straight above. Colors are those of the photo.
    objects : Objects
        In the pixels of `image`, without the scale object, the color card and writing.
    centers : float ndarray (n_objects, 2)
        (row, col) of the centroids in the photo, also where it was rectified.
    values : float ndarray (n_objects, 17)
        `featkit.features.shape.MEASURES` in the unit of `scale`, in pixels without one; NaN where the unit is not
        known.
    pixels : float ndarray (n_objects, 17)
        The same in pixels of `image`.
    colors : float ndarray (n_objects, 3)
        Mean red, green and blue in [0, 1], corrected by the color card where one was asked for.
    scale : Scale or None
        About `image`; None where none was asked for.
    card : ColorCard or None
        The card that corrected `colors`, at its position in the photo.
    card_outline : float ndarray (4, 2) or None
        (row, col) of its corners in `image`.
    writing : int ndarray (n_marks, 4)
        Half-open boxes (min_row, min_col, max_row, max_col) in `image` of what is written on the sheet and left out.
    warning : str
        What could not be found, and is therefore NaN; empty where nothing.

    See Also
    --------
    measure_photo : Measures.
    featkit.display.ObjectsDisplay : Shows what was measured.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.measurement import measure_photo
    >>> image = np.full((200, 300), 240, np.uint8)
    >>> image[50:90, 20:120] = 40
    >>> photo = measure_photo(image, scale=0.5)
    >>> photo.table[["object", "area", "length", "unit"]].round(1)
       object    area  length unit
    0       1  1000.0    53.8   mm
    """

    image: Image
    objects: Objects
    centers: np.ndarray
    values: np.ndarray
    pixels: np.ndarray
    colors: np.ndarray
    scale: Scale | None
    card: ColorCard | None = None
    card_outline: np.ndarray | None = None
    writing: np.ndarray = field(default_factory=lambda: np.empty((0, 4), np.int64))
    warning: str = ""

    @property
    def left_out(self) -> tuple[np.ndarray, ...]:
        """Outlines, float (4, 2), of the color card and of what is written on the sheet."""
        card = () if self.card_outline is None else (self.card_outline,)
        boxes = self.writing.tolist()
        return (*card, *(corners_of((low - top, far - left)) + (top, left) for top, left, low, far in boxes))

    @property
    def about(self) -> dict[str, Any]:
        """What is the same for all objects: unit, pixel size, where it comes from and how sure it is."""
        scale = Scale("", (1.0, 1.0), "px", self.objects.shape) if self.scale is None else self.scale
        notes = [self.warning] if self.warning else []
        if scale.tilt_error > TILTED:
            notes.append("Areas far from the scale may be off by tilt_error")
        return {
            "unit": scale.unit,
            "pixel_height": scale.pixel_size[0],
            "pixel_width": scale.pixel_size[1],
            "scale": scale.kind if scale.is_known else "",
            "scale_error": scale.error,
            "tilt_error": scale.tilt_error,
            "rectified": scale.rectified,
            "writing": len(self.writing),
            "warning": "; ".join(notes),
        }

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """The measures by column, arrays (n_objects,); see `measure_to_file` for their meaning."""
        n_objects = len(self.objects)
        known = dict(zip(MEASURES, self.values.T, strict=True))
        in_pixels = dict(zip(MEASURES, self.pixels.T, strict=True))
        return {
            "object": self.objects.numbers.astype(np.int64),
            "count": np.full(n_objects, n_objects),
            "row": self.centers[:, 0],
            "col": self.centers[:, 1],
            "touches_border": self.objects.touches_border,
            **{RENAMED.get(name, name): known[name] for name in ORDER},
            **dict(zip(COLORS, self.colors.T, strict=True)),
            **{f"{RENAMED.get(name, name)}_px": in_pixels[name] for name in FIRST},
            **{
                name: np.full(n_objects, value, object if isinstance(value, str) else None)
                for name, value in self.about.items()
            },
        }

    @property
    def table(self) -> Any:
        """One row for each object, a pandas DataFrame."""
        return require("pandas", extra="report").DataFrame(self.columns)


def measure_photo(
    image: Image,
    *,
    scale: str | float | tuple[float, float] | Scale | None = None,
    unit: str = "mm",
    labels: np.ndarray | None = None,
    background: str = "paper",
    min_size: float | None = None,
    max_size: float | None = None,
    min_thickness: float = 0,
    keep_holes: bool = False,
    keep_writing: bool = False,
    split: bool = False,
    clear_border: bool = False,
    color_card: bool = False,
    rectify: bool = True,
    name: str | None = None,
) -> MeasuredPhoto:
    """Measure every object on a photo: leaves, seeds or parts on a sheet, beside a coin, ruler, marker or color card.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Where some of it is transparent (alpha below one half), what is not is the objects, and `background` is not
        used.
    scale : str, float, (float, float), Scale or None, default=None
        What gives the size of a pixel: an object in the photo and its size in `unit`, as for
        `featkit.scale.find_scale`: ``"coin:23.25"``, ``"disk:20"``, ``"ruler:100"``, ``"bar:50"``, ``"square:20"``,
        ``"tag:40"``, ``"checkerboard:10"``, ``"sheet:210x297"``; or the side, or height and width, of a pixel; or a
        scale found before. None measures in pixels.
    unit : str, default="mm"
        Of lengths: "nm", "um", "mm", "cm", "m" or "inch".
    labels : ndarray (height, width) of whole numbers, or bool, default=None
        Label image of the objects, or a mask, in the pixels of the photo. It is not rectified then.
    background : str, default="paper"
        How objects are told from the background, see the methods of `featkit.segment_foreground`.
    min_size, max_size : float >= 0 or None, default=None
        Least and largest area in the square of `unit`. Without a least area, what has fewer pixels than 1/50,000 of
        the photo is dust, unless objects were given; 0 keeps all.
    min_thickness : float >= 0, default=0
        Least thickness in `unit`: what circles of this diameter cover by less than a third is left out, holes not
        filled. A quarter above the width of a pen's stroke, it leaves out what is written on the sheet.
    keep_holes : bool, default=False
        Whether holes, such as those that insects eat, are left out of areas; else they are filled, reflections too.
    keep_writing : bool, default=False
        Whether marks of a pen on the sheet are objects, too; see the notes.
    split : bool, default=False
        Whether to part objects that touch, see `featkit.objects.split_touching`.
    clear_border : bool, default=False
        Whether to leave out objects that touch the border of the photo.
    color_card : bool, default=False
        Correct the colors by the 24-patch card in the photo. Where none is found, colors are NaN.
    rectify : bool, default=True
        Map the sheet upright before it is measured, wherever the scale object makes areas more accurate by it.
    name : str or None, default=None
        Of the photo, for warnings.

    Returns
    -------
    photo : MeasuredPhoto
        Its `table` has a row for each object; scale object and card are left out.

    Raises
    ------
    ImageFormatError
        When the image is none, or the labels are not of its size.
    InvalidParameterError
        When a parameter is none of the allowed ones.

    Warns
    -----
    ScaleNotFoundWarning
        When no scale can be believed: columns with a unit are NaN then, limits of size are not applied.

    See Also
    --------
    measure_to_file : Any number of photos, into a table on disk.
    featkit.display.ObjectsDisplay : Shows whether to believe it.
    featkit.objects.measure_objects : Other features of the objects.

    Notes
    -----
    What adheres to the scale object, such as its shadow, is left out with it, up to 15 % of its size.

    Writing is what is slender, of one width all along and black, gray or blue: two marks of one height, width and color
    and more side by side, not all of them straight; a single one where it is as blue as ink and the objects cover four
    times as much. Where a quarter of such marks stand alone, as worms do, or they cover much more than all else, none
    is left out. The column ``writing`` counts them. Objects that were given by `labels` or alpha are never writing.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.datasets import make_sheets
    >>> from featkit.measurement import measure_photo
    >>> sheets = make_sheets(1, scale="sheet", random_state=1)
    >>> photo = measure_photo(sheets.images[0], scale="sheet:210x297")
    >>> len(photo.objects), len(sheets.area)
    (7, 7)
    >>> np.sort(photo.table["area"])[-3:].round(), np.sort(sheets.area)[-3:].round()
    (array([ 28.,  36., 305.]), array([ 28.,  36., 304.]))
    """
    wanted = scale if isinstance(scale, Scale) else wanted_scale(scale)
    if isinstance(wanted, WantedScale) and wanted.kind in ("metadata", "print"):
        raise ImageFormatError(
            "Expected something in the image to give the scale, got metadata: pass featkit.scale.read_pixel_size(path)."
        )
    check_unit(unit)
    check_option("background", background, METHODS)
    for limit, value in (("min_size", min_size), ("max_size", max_size), ("min_thickness", min_thickness)):
        if value is not None:
            check_number(limit, value, FROM_0)
    found = scale_of_photo(check_image(image), wanted, unit, None, name or "the photo")
    limits = {"min_size": min_size, "max_size": max_size, "min_thickness": min_thickness, "keep_holes": keep_holes}
    limits |= {"keep_writing": keep_writing}
    limits |= {"split": split, "clear_border": clear_border}
    return measured(image, found, labels, background, limits, color_card, rectify)


def measured(
    image: Image,
    scale: Scale | None,
    labels: np.ndarray | None,
    background: str,
    limits: dict[str, Any],
    color_card: bool,
    rectify: bool,
) -> MeasuredPhoto:
    """Measure a photo whose scale is found; parameters are checked."""
    card = find_color_card(image) if color_card else None
    card_outline = None if card is None else card.outline
    measured_image, to_photo, distortion = image, None, 0.0
    if rectify and labels is None and scale is not None and scale.homography is not None:
        distortion = scale.distortion
        measured_image, scale, to_upright = upright(image, scale)
        to_photo = np.linalg.inv(to_upright)
        if card is not None:
            card_outline = transform(undistorted(card.outline, distortion, image.shape[:2]), to_upright)
    pixel_size = (1.0, 1.0) if scale is None else scale.pixel_size
    left_out = left_out_mask(scale, card_outline, measured_image.shape[:2])
    objects, writing = photo_objects(measured_image, labels, background, left_out, limits, pixel_size)
    is_searched = labels is None and not is_cut_out(image)
    if is_searched:
        objects = without_white_margin(objects, measured_image, scale)
    pixels = measured_runs(objects.runs, objects.bounds)[:, : len(MEASURES)]
    values = _in_unit(objects, pixels, pixel_size)
    notes = [] if scale is None or scale.is_known else [f"No scale: {scale.reason}"]
    if notes and (limits["min_size"] or limits["max_size"] or limits["min_thickness"]):
        notes.append("limits of size and thickness were not applied")
    if is_searched and is_gray_mask(image):
        notes.append("It looks like a silhouette or a label image: give it as labels, too, where light is the object")
    if color_card and card is None:
        notes.append("No color card was found")
    if card is not None and card.shade:
        notes.append(card.shade)
    centers = objects.centers
    if to_photo is not None:
        centers = distorted(transform(centers, to_photo), distortion, image.shape[:2])
    return MeasuredPhoto(
        measured_image,
        objects,
        centers,
        values,
        pixels,
        object_colors(measured_image, objects, card, is_wanted=not color_card or card is not None),
        scale,
        card,
        card_outline,
        writing,
        "; ".join(notes),
    )


def _in_unit(objects: Objects, pixels: np.ndarray, pixel_size: tuple[float, float]) -> np.ndarray:
    height, width = pixel_size
    if height == width or np.isnan(height):
        return pixels * height ** UNIT_POWERS[: len(MEASURES)]
    return measured_runs(objects.runs, objects.bounds, pixel_size)[:, : len(MEASURES)]
