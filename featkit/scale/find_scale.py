"""The size of an image's pixels from an object of known size in it, of any kind."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..exceptions import ScaleNotFoundWarning, shown
from ..image.checks import Image, check_image
from ..parameters import COUNT, POSITIVE, InvalidParameterError, check_number, check_option
from .checkerboard import find_checkerboard
from .coin import find_coin
from .rectify import rectify_sheet
from .result import Scale, no_scale
from .ruler import find_ruler
from .sheet import find_sheet
from .tag import DICTIONARIES, find_tags

LEAST_SIDE = 8  # pixels of an image
FINDERS: dict[str, tuple[Callable[..., Scale], tuple[str, ...]]] = {  # and what each may be told besides the size
    "coin": (find_coin, ("color",)),
    "disk": (partial(find_coin, metal=False), ("color",)),
    "ruler": (find_ruler, ("color",)),
    "bar": (partial(find_ruler, kind="bar"), ("color",)),
    "square": (partial(find_ruler, kind="square"), ("color",)),
    "tag": (find_tags, ("count", "dictionary")),
    "checkerboard": (find_checkerboard, ("corners",)),
    "sheet": (find_sheet, ()),
}


def find_scale(
    image: Image,
    kind: str,
    size: float | tuple[float, float],
    *,
    unit: str = "mm",
    color: tuple[float, float, float] | None = None,
    count: int | None = None,
    dictionary: str | None = None,
    corners: tuple[int, int] | None = None,
    focal_length: float | None = None,
    rectify: bool = False,
    name: str | None = None,
) -> Scale:
    """Pixel size of an image from an object of known size in it: a coin, ruler, square, tag, checkerboard or the sheet.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Colors help to tell a coin from a round leaf; alpha is not looked at.
    kind : {"coin", "disk", "ruler", "bar", "square", "tag", "checkerboard", "sheet"}
        A coin has the color of a metal, a disk any color.
    size : float, or (height, width) for a sheet
        In `unit`: diameter of a coin or disk, length of a ruler or bar from end to end, side of a square, side of the
        black square of a tag, side of one square of a checkerboard.
    unit : str, default="mm"
        Of `size` and `pixel_size`.
    color : (red, green, blue) in [0, 1] or None, default=None
        About the color of a coin, disk, ruler, bar or square, where there are several of its shape.
    count : int or None, default=None
        Number of tags on the sheet, all of one size; None takes as many as there are.
    dictionary : str or None, default=None
        Of the tags, such as "4X4_50" or "APRILTAG_36h11"; None tries all.
    corners : (rows, columns) or None, default=None
        Number of inner corners of the checkerboard; None takes as many as there are.
    focal_length : float or None, default=None
        Of the camera in pixels, for the tilt; None takes 0.8 of the longer side of the image, as phones have.
    rectify : bool, default=False
        Give the sheet seen from straight above in ``scale.image``, with a scale about that image, wherever areas
        become more accurate by it; elsewhere `image` stays as it is.
    name : str or None, default=None
        Of the image, for the warning.

    Returns
    -------
    scale : Scale
        `pixel_size` is NaN, and `reason` says why, where no scale can be believed: nothing of that shape and color,
        more than one, or edges that do not fit the shape.

    Warns
    -----
    ScaleNotFoundWarning
        When no scale can be believed; names the image.

    Raises
    ------
    ImageFormatError
        When the image is none.
    InvalidParameterError
        When a parameter is none of the allowed ones or does not belong to this kind.

    See Also
    --------
    read_pixel_size : From the metadata of a file.
    rectify_sheet : Maps an image to the plane of the sheet.

    Notes
    -----
    One pixel size belongs to the position of the scale object; a camera that is not held level sees the rest of the
    sheet larger or smaller. `tilt_error` estimates what that costs at most; a checkerboard, four tags or the edges of
    the sheet take it away. Put a coin in the middle of the objects, not into a corner.

    Edges are where profiles pass half of the step between two colors as they are stored.

    Examples
    --------
    >>> from featkit.datasets import make_sheets
    >>> from featkit.scale import find_scale
    >>> sheets = make_sheets(1, scale="tag", random_state=0)
    >>> scale = find_scale(sheets.images[0], "tag", sheets.size[0])
    >>> abs(scale.pixel_size[0] / sheets.pixel_size[0] - 1) < 0.005
    np.True_
    """
    image = check_image(image)
    given = {"color": color, "count": count, "dictionary": dictionary, "corners": corners}
    options = _checked(kind, size, given, focal_length)
    finder, _ = FINDERS[kind]
    if min(image.shape[:2]) < LEAST_SIDE:
        reason = f"an image of {image.shape[0]} x {image.shape[1]} pixels is too small to show one"
        scale = no_scale(kind, unit, (image.shape[0], image.shape[1]), reason)
    else:
        scale = finder(image, size, unit=unit, focal_length=focal_length, **options)
    if not scale.is_known:
        warnings.warn(
            f"No scale in {'the image' if name is None else name}: {scale.reason}. Its pixel size is NaN.",
            ScaleNotFoundWarning,
            stacklevel=2,
        )
    if not rectify:
        return scale
    upright, scale = rectify_sheet(image, scale)
    return replace(scale, image=upright)


def _checked(kind: str, size: Any, given: dict[str, Any], focal_length: float | None) -> dict[str, Any]:
    """Options of a kind that are given; refuses what does not belong to it."""
    check_option("kind", kind, FINDERS)
    allowed = FINDERS[kind][1]
    options = {name: value for name, value in given.items() if value is not None}
    for name in options:
        if name not in allowed:
            takes = ", ".join(allowed) or "none of them"
            raise InvalidParameterError(
                f"The {name!r} parameter does not belong to kind={shown(kind)}, which takes {takes}."
            )
    if kind == "sheet":
        if not (isinstance(size, Sequence) and len(size) == 2):
            raise InvalidParameterError(f"The 'size' of a sheet must be (height, width), got {shown(size)}.")
        for side in size:
            check_number("size", side, POSITIVE)
    else:
        check_number("size", size, POSITIVE)
    if focal_length is not None:
        check_number("focal_length", focal_length, POSITIVE)
    if "count" in options:
        check_number("count", options["count"], COUNT)
    if "dictionary" in options:
        check_option("dictionary", options["dictionary"], DICTIONARIES)
    if "color" in options:
        color = options["color"]
        if not (len(color) == 3 and all(isinstance(value, (int, float)) and 0 <= value <= 1 for value in color)):
            raise InvalidParameterError(
                f"The 'color' parameter must be (red, green, blue) in [0, 1], got {shown(color)}."
            )
    return options
