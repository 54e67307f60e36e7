"""What is said of the scale of photos, as text or number, and the scale that it makes of a photo."""

import os
from collections.abc import Sequence
from dataclasses import replace
from numbers import Real
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from ..exceptions import ImageReadError, shown
from ..image.checks import Image
from ..io.inputs.tables import TABLE_SUFFIXES, read_table
from ..io.metadata.physical_size import METERS
from ..io.stacks.page_paths import file_of_path
from ..parameters import InvalidParameterError, check_option
from ..scale._fitting.lens import undistorted
from ..scale._fitting.planes import homography_of
from ..scale.find_scale import FINDERS, find_scale
from ..scale.metadata import read_pixel_size
from ..scale.rectify import FINER, border_of, rectify_sheet
from ..scale.result import Scale

EXAMPLES = '"coin:23.25", "ruler:100", "tag:40", "checkerboard:10", "sheet:210x297", "metadata" or 0.05'
SEARCHED = 3e6  # pixels of the copy in which a scale is looked for first: finders take seconds on more
SURE = 0.006  # expected relative error up to which it is believed there
MIXED = (3, 0.004)  # width of the edge of a sheet, at least, and as a fraction of its longer side
LARGEST_UPRIGHT = 12e6  # pixels up to which a rectified photo is made finer than the photo


class WantedScale(NamedTuple):
    """What is said of a scale: an object of a kind and size, metadata, or the side of a pixel."""

    kind: str
    size: Any


def wanted_scale(scale: str | float | Sequence[float] | None) -> WantedScale | None:
    """Read what is said of a scale; None where nothing is.

    Raises
    ------
    InvalidParameterError
        When it is none of the forms, or a size is no positive number.
    """
    if scale is None:
        return None
    if isinstance(scale, (tuple, list)) and len(scale) == 2:
        return WantedScale("given", (_positive(scale[0], scale), _positive(scale[1], scale)))
    if isinstance(scale, Real) and not isinstance(scale, bool):
        return WantedScale("given", (_positive(scale, scale),) * 2)
    if not isinstance(scale, str):
        raise InvalidParameterError(f"The 'scale' parameter must be such as {EXAMPLES}, got {shown(scale)}.")
    kind, colon, size = scale.strip().partition(":")
    kind = kind.strip().lower()
    if kind in ("metadata", "print") and not colon:
        return WantedScale(kind, None)
    if kind in FINDERS and colon:
        if kind != "sheet":
            return WantedScale(kind, _positive(size, scale))
        sides = [_positive(side, scale) for side in size.lower().split("x")]
        if len(sides) == 2:
            return WantedScale(kind, (sides[0], sides[1]))
    elif not colon:
        return WantedScale("given", (_positive(kind, scale),) * 2)
    raise InvalidParameterError(
        f"The 'scale' parameter must be such as {EXAMPLES}, of one of the kinds {', '.join(FINDERS)}, "
        f"got {shown(scale)}."
    )


class ScaleTable:
    """A table that says of every photo what gives its scale, such as coins of different sizes.

    Parameters
    ----------
    path : str or PathLike
        CSV or TSV file with the columns ``path``, relative to the table or the name of the photo alone, and ``scale``.

    Raises
    ------
    ImageReadError
        When a column is missing, or a photo has two scales.
    InvalidParameterError
        When a scale is none of the forms.
    """

    def __init__(self, path: str | os.PathLike) -> None:
        self.path = os.fspath(path)
        self._scales: dict[str, str | None] = {}
        self._paths_of: dict[str, set[str]] = {}
        for line, photo, (scale,) in read_table(self.path, "path", ["scale"]):
            if photo is None:
                continue
            place = os.path.abspath(photo)
            if self._scales.setdefault(place, scale) != scale:
                raise ImageReadError(f"{line}: expected one scale of {photo}, got another one before.", self.path)
            if scale is not None:
                wanted_scale(scale)
            self._paths_of.setdefault(Path(place).name, set()).add(place)

    def scale_of(self, photo: str) -> str:
        """What is said of a photo; raises `ImageReadError` where nothing is."""
        file = os.fspath(file_of_path(photo))
        place, same_name = os.path.abspath(file), self._paths_of.get(Path(file).name, set())
        if place not in self._scales and len(same_name) == 1:
            place = next(iter(same_name))
        scale = self._scales.get(place)
        if scale is None:
            came = f"{len(same_name)} rows of this name" if len(same_name) > 1 else "none"
            raise ImageReadError(f"{photo}: expected its scale in {self.path}, got {came}.", photo)
        return scale


def wanted_scale_or_table(scale: Any) -> WantedScale | ScaleTable | None:
    """Read what is said of the scales of photos: one for all, or a table with one for each."""
    if isinstance(scale, os.PathLike) or (isinstance(scale, str) and scale.lower().endswith(TABLE_SUFFIXES)):
        return ScaleTable(scale)
    return wanted_scale(scale)


def _positive(number: Any, scale: Any) -> float:
    try:
        value = float(number)
    except (TypeError, ValueError):
        value = np.nan
    if not 0 < value < np.inf:
        raise InvalidParameterError(
            f"The 'scale' parameter must be such as {EXAMPLES}, with sizes above 0, got {shown(scale)}."
        )
    return value


def check_unit(unit: str) -> None:
    """Refuse what is no unit of length."""
    check_option("unit", unit, METERS)


def scale_of_photo(
    image: Image, wanted: WantedScale | Scale | None, unit: str, source: Any, name: str, page: int | None = None
) -> Scale | None:
    """The scale of a photo, NaN where it is not found; None where none is wanted."""
    if wanted is None or isinstance(wanted, Scale):
        return wanted
    shape = (int(image.shape[0]), int(image.shape[1]))
    if wanted.kind == "given":
        return Scale("given", wanted.size, unit, shape, tilt_error=0.0)
    if wanted.kind in ("metadata", "print"):
        is_print = wanted.kind == "print"
        return read_pixel_size(source, unit=unit, print_resolution=is_print, page=page, shape=shape, name=name)
    found = _found_in_reduced(image, wanted, unit)
    return find_scale(image, wanted.kind, wanted.size, unit=unit, name=name) if found is None else found


def _found_in_reduced(image: Image, wanted: WantedScale, unit: str) -> Scale | None:
    """The scale found in a copy of a large photo, of whole multiples of its pixels; None where the photo tells more."""
    height, width = int(image.shape[0]), int(image.shape[1])
    factor = round(float(np.sqrt(height * width / SEARCHED)))
    if factor < 2 or image.dtype == bool:
        return None
    size = width // factor, height // factor
    whole = image[: factor * size[1], : factor * size[0]]
    scale = FINDERS[wanted.kind][0](cv2.resize(whole, size, interpolation=cv2.INTER_AREA), wanted.size, unit=unit)
    if not (scale.error <= SURE or scale.error > factor * SURE):  # a photo so much finer makes it sure
        return None
    inner = np.array([[1 / factor, 0, 0.5 / factor - 0.5], [0, 1 / factor, 0.5 / factor - 0.5], [0, 0, 1]])
    return replace(
        scale,
        pixel_size=(scale.pixel_size[0] / factor, scale.pixel_size[1] / factor),
        shape=(height, width),
        outlines=tuple(factor * (outline + 0.5) - 0.5 for outline in scale.outlines),
        residual=factor * scale.residual,
        homography=None if scale.homography is None else scale.homography @ inner,
    )


def upright(image: Image, scale: Scale) -> tuple[Image, Scale, np.ndarray]:
    """The sheet from straight above, its scale, and the homography to it from the image without distortion."""
    n_pixels = image.shape[0] * image.shape[1]
    finer = float(np.clip(np.sqrt(LARGEST_UPRIGHT / n_pixels), 1, FINER))
    seen, found = rectify_sheet(image, scale, pixel_size=scale.pixel_size[0] / finer)
    if found.limits is None:  # it ends where the sheet does: blur has mixed the colors of its edge with the desk's
        edge = max(MIXED[0], round(MIXED[1] * max(seen.shape[:2])))
        if min(seen.shape[:2]) > 4 * edge:
            inner = seen[edge:-edge, edge:-edge]
            seen = cv2.copyMakeBorder(inner, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
        return seen, found, homography_of(scale.outlines[0], found.outlines[0])
    return seen, found, homography_of(undistorted(border_of(scale), scale.distortion, scale.shape), found.limits)
