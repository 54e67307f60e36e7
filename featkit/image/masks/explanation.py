"""What is taken for a mask and is none: what it looks like, and the line that makes a mask of it."""

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..checks import described

_POLYGON = "skimage.draw.polygon2mask(shape, xy[:, ::-1] - 0.5) for corners (x, y) along pixel edges"


def explain_mask(value: Any) -> str:
    """Message about something that is no mask, bool (height, width).

    Parameters
    ----------
    value : object
        What came instead of a mask.

    Returns
    -------
    message : str
        What was expected, what came, and what to do.
    """
    looks_like, way_on = _kind_of(value)
    return f"Expected a mask, a bool array (height, width) with pixels, got {looks_like}. {way_on}."


def explain_ambiguous(values: np.ndarray) -> str:
    """Message about whole numbers that could be labels or soft, or of which none is 0, the background.

    Parameters
    ----------
    values : ndarray of whole numbers
        What came as a mask.

    Returns
    -------
    message : str
        What was expected, what came, and what to do.
    """
    return (
        f"Expected a mask that can be understood, got {values.dtype} with {len(np.unique(values))} values from "
        f'{values.min()} to {values.max()}, which could be labels or an alpha channel. Say which: mask_kind="labels" '
        '(0 is background, every other value an object) or mask_kind="soft" (values by the range of the dtype, at '
        "least half is foreground)."
    )


def _kind_of(value: Any) -> tuple[str, str]:
    if isinstance(value, (str, os.PathLike)):
        return f"a path ({described(value)})", "Read it: featkit.io.read_mask(path)"
    if isinstance(value, Mapping):
        if {"counts", "size"} <= set(value):
            return "a run-length encoding of COCO", "Decode it: pycocotools.mask.decode(rle).astype(bool)"
        if "segmentation" in value:
            return "an annotation of COCO", "Draw it: coco.annToMask(annotation).astype(bool)"
        return f"a dict with the keys {sorted(map(str, value))!s:.60}", "Pass the array of the mask"
    if isinstance(value, (list, tuple)):
        return _kind_of_list(value)
    if not isinstance(value, np.ndarray):
        return described(value), "Pass a bool array, e.g. numpy.asarray(mask) > 0"
    if value.ndim == 3 and value.shape[2] not in (1, 3, 4):
        return (
            f"a stack of {len(value)} masks (shape {value.shape})",
            "Take one of them, mask[0], or all together: mask.any(axis=0)",
        )
    if value.ndim == 2 and value.shape[1] == 2 and value.dtype.kind in "fiu":
        return f"a polygon of {len(value)} corners", f"Draw it: {_POLYGON}"
    if value.ndim == 3:
        channels = "mask[..., 0]" if value.shape[2] == 1 else "(mask == (255, 0, 0)).all(axis=2)"
        return f"an image of shape {value.shape}", f"Make it one channel: {channels}"
    came = f"{value.dtype} of shape {value.shape}"
    if value.ndim == 2 and value.dtype.kind == "f" and value.size:
        return _kind_of_floats(value, came)
    return came, "Try mask > 0"


def _kind_of_floats(value: np.ndarray, came: str) -> tuple[str, str]:
    if not np.isfinite(value).all():
        return f"{came} with NaN or inf", "Say what is foreground: numpy.nan_to_num(mask) > 0.5"
    if (value == np.rint(value)).all():
        return f"labels as {came}", "Convert them: mask > 0, or one of them: mask == 1"
    if value.min() >= 0 and value.max() <= 1:
        return f"a soft mask, {came} in [0, 1]", "Cut it: mask >= 0.5"
    return f"{came} with values {value.min():g} to {value.max():g}", "Say what is foreground: mask > 0"


def _kind_of_list(value: list | tuple) -> tuple[str, str]:
    if value and all(isinstance(item, Mapping) for item in value):
        return "a list of dicts", "Pass one mask for each image; COCO's are decoded by pycocotools.mask.decode"
    try:
        numbers = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        return f"a {type(value).__name__} of {len(value)}", "Pass the array of the mask"
    if numbers.ndim == 2 and numbers.shape[1] == 2:
        return f"a polygon of {len(numbers)} corners", f"Draw it with xy = numpy.asarray(polygon): {_POLYGON}"
    if numbers.size == numbers.shape[-1] and numbers.size % 2 == 0 and numbers.size >= 6:
        return (
            "a polygon of COCO (x, y, x, y, ...)",
            f"Draw it with xy = numpy.reshape(polygon, (-1, 2)): {_POLYGON}",
        )
    return f"a {type(value).__name__} of {len(value)}", "Pass the array of the mask, e.g. numpy.asarray(mask) > 0"
