"""Masks of every kind that people have: bool, 0 and 1, 0 and 255, label images, soft alpha; recognised or refused."""

import os
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..._numba import kernel
from ...exceptions import ImageFormatError, ImageValueWarning
from ..checks import check_unmasked, checked_image, described, full_light, in_native_byte_order
from .explanation import explain_ambiguous, explain_mask

MASK_KINDS = ("auto", "soft", "labels")
_OPAQUE = 0.9  # of full light: a soft mask reaches it somewhere
_NEARLY_WHITE = 0.98  # of full light: what a JPEG makes of white
_PIECEWISE = 0.5  # least fraction of equal pairs among neighbours that are neither background nor opaque, in labels
_SHARP = 0.25  # least fraction of steps by 2 and more among the steps between neighbours, in labels
_RAMP = 0.25  # least fraction of steps that go on in the same direction, in a feathered or antialiased mask
_VOID = 255  # what belongs to no object, in the label images of PASCAL VOC, Cityscapes and ADE20K


@kernel
def _steps(values, opaque):
    """Pairs of neighbours inside regions, those of them that are equal; all steps, those by 2 and more, on ramps."""
    height, width = values.shape
    n_inner, n_equal, n_steps, n_sharp, n_ramps = 0, 0, 0, 0, 0
    for row in range(height):
        for col in range(width):
            own = np.int64(values[row, col])
            for is_below in range(2):
                near_row, near_col = row + is_below, col + 1 - is_below
                if near_row < height and near_col < width:
                    other = np.int64(values[near_row, near_col])
                    if 0 < own < opaque and 0 < other < opaque:
                        n_inner += 1
                        n_equal += own == other
                    if own != other:
                        n_steps += 1
                        if abs(own - other) > 1:
                            n_sharp += 1
                        before_row, before_col = row - is_below, col - 1 + is_below
                        after_row, after_col = near_row + is_below, near_col + 1 - is_below
                        before, after = np.int64(own), np.int64(other)
                        if before_row >= 0 and before_col >= 0:
                            before = np.int64(values[before_row, before_col])
                        if after_row < height and after_col < width:
                            after = np.int64(values[after_row, after_col])
                        if (own - before) * (other - own) > 0 or (after - other) * (other - own) > 0:
                            n_ramps += 1
    return n_inner, n_equal, n_steps, n_sharp, n_ramps


@kernel
def _touch(labels):
    height, width = labels.shape
    for row in range(height):
        for col in range(width):
            own = labels[row, col]
            if own > 0:
                for near_row, near_col in ((row, col + 1), (row + 1, col - 1), (row + 1, col), (row + 1, col + 1)):
                    if near_row < height and 0 <= near_col < width:
                        other = labels[near_row, near_col]
                        if other > 0 and other != own:
                            return True
    return False


@kernel
def _give_way(ranks, mask):
    """Take from every object the pixels that touch one of a higher rank (8 neighbours)."""
    height, width = ranks.shape
    for row in range(height):
        for col in range(width):
            own = ranks[row, col]
            mask[row, col] = own > 0
            if own > 0:
                for near_row in range(max(row - 1, 0), min(row + 2, height)):
                    for near_col in range(max(col - 1, 0), min(col + 2, width)):
                        if ranks[near_row, near_col] > own:
                            mask[row, col] = False


def separate_labels(labels: np.ndarray) -> np.ndarray:
    """Foreground mask of a label image in which touching objects stay apart.

    Where two objects touch, the smaller one gives way by a line of one pixel; of equal ones that of the higher label.

    Parameters
    ----------
    labels : ndarray (height, width) of whole numbers >= 0
        0 is background.

    Returns
    -------
    mask : bool ndarray (height, width)
        True = foreground; components (8 neighbours) of different labels do not touch.

    Raises
    ------
    ImageFormatError
        When an object is so thin that nothing of it would remain.

    Warns
    -----
    ImageValueWarning
        When objects touch; when 255 lies beside other labels, as void does in PASCAL VOC: here it is an object.

    See Also
    --------
    featkit.image.to_mask : Reads label images among other kinds of masks.

    Examples
    --------
    >>> import warnings
    >>> import numpy as np
    >>> from featkit.image import separate_labels
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     separate_labels(np.array([[1, 1, 1, 2, 2]]))
    array([[ True,  True,  True, False,  True]])
    """
    check_unmasked(labels)
    if not (isinstance(labels, np.ndarray) and labels.ndim == 2 and labels.dtype.kind in "biu" and labels.size):
        raise ImageFormatError(f"Expected a label image (height, width) of whole numbers, got {described(labels)}.")
    if labels.min() < 0:
        raise ImageFormatError(f"Expected labels from 0 (background) on, got {labels.min()}.")
    if labels.dtype.kind == "b":
        return labels
    labels = np.ascontiguousarray(in_native_byte_order(labels))
    if not _touch(labels):
        return labels > 0
    warn_of_void(labels)
    numbers, places, areas = np.unique(labels, return_inverse=True, return_counts=True)
    order = np.lexsort([-np.arange(len(numbers)), areas])
    order = order[numbers[order] > 0]
    rank_of = np.zeros(len(numbers), np.int32)
    rank_of[order] = np.arange(1, len(order) + 1)
    ranks = rank_of[places].reshape(labels.shape)
    mask = np.empty(labels.shape, dtype=bool)
    _give_way(ranks, mask)
    left = np.bincount(ranks[mask], minlength=len(order) + 1)[1:]
    way_on = (
        "Measure each label by itself, such as labels == 1, to have touching objects whole; give labels > 0 to have "
        "them as one."
    )
    if (left == 0).any():
        lost = int(numbers[order[np.argmin(left)]])
        raise ImageFormatError(
            f"Expected objects that a line of one pixel can keep apart, got touching labels; {lost} is too thin "
            f"for it. {way_on}"
        )
    warnings.warn(
        "Labels touch, and a mask cannot say where one object ends and the next begins: the smaller one gave way by a "
        f"line of one pixel. {way_on}",
        ImageValueWarning,
        stacklevel=2,
    )
    return mask


def refuse_touching_labels(mask: np.ndarray) -> None:
    """Refuse whole numbers as a mask in which objects are looked for, where labels touch: they would be one object."""
    if mask.dtype.kind in "iu" and _touch(np.ascontiguousarray(in_native_byte_order(mask))):
        raise ImageFormatError(
            "Expected a mask, got a label image whose objects touch: in a mask they are one. Give it as labels=, or "
            "labels > 0 to have them as one."
        )


def warn_of_void(labels: np.ndarray) -> None:
    """Warn where 255 touches the few labels below it: void of PASCAL VOC, which an array is not asked for."""
    is_void = labels == _VOID
    if labels.max() != _VOID or (labels == _VOID - 1).any() or not _touch(np.where(is_void, 2, (labels > 0) * 1)):
        return
    warnings.warn(
        "255 lies beside other labels, as void does in PASCAL VOC, Cityscapes and ADE20K; it was taken for an object. "
        "If it is void, make it background first: np.where(labels == 255, 0, labels).",
        ImageValueWarning,
        stacklevel=3,
    )


def read_mask(mask: Any, shape: tuple[int, ...] | None, mask_kind: str) -> np.ndarray:
    """`to_mask` of a mask of a known shape, as bool or as an image of its own dtype in which full light is opaque."""
    values = _as_array(mask, shape)
    if values.ndim == 3:
        return np.ascontiguousarray(checked_image(values)[..., 3])
    if values.dtype.kind == "f":
        if not (values.min() >= 0 and _are_whole(values)):
            return checked_image(values)
        values = values.astype(np.int64)  # ImageJ writes labels as float
    if values.dtype.kind == "b":
        return values
    if values.dtype.kind not in "iu":
        raise ImageFormatError(f"Expected a mask of bool, whole numbers or float in [0, 1], got {values.dtype}.")
    if values.min() < 0:
        raise ImageFormatError(
            f"Expected a mask without negative values, got {values.min()}. If -1 is background and 0 the first object, "
            "give mask + 1."
        )
    if values.max() <= 1 and mask_kind != "soft":
        return values > 0
    has_range = values.dtype.kind == "u" and values.dtype.itemsize <= 2
    if mask_kind == "auto":
        if not has_range and 0 < values.min() < values.max():
            raise ImageFormatError(explain_ambiguous(values))  # which of them is background?
        mask_kind = _recognised(values) if has_range else "labels"
    if mask_kind == "labels":
        return separate_labels(values)
    return checked_image(values)


def read_alpha(alpha: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Alpha that was called so: a mask of 0 and 1, or values in the range of the dtype; labels are refused."""
    values = _as_array(alpha, shape)
    if values.ndim == 2 and values.dtype.kind in "iuf" and values.min() >= 0:
        if values.dtype.kind == "f" and not _are_whole(values):
            return read_mask(values, shape, "soft")
        if values.max() <= 1:
            return values > 0
        has_range = values.dtype.kind == "u" and values.dtype.itemsize <= 2
        if not has_range or _may_be_labels(values):
            weights = 'featkit.image.to_mask(alpha, mask_kind="soft")' if has_range else "alpha / its value of opaque"
            raise ImageFormatError(
                f"Expected an alpha channel, got {values.dtype} from {values.min():g} to {values.max():g}, which looks "
                'like a label image. Give labels > 0, or featkit.image.to_mask(labels, mask_kind="labels"), '
                f"in which objects stay apart. If it is alpha, give {weights}."
            )
    return read_mask(values, shape, "soft")


def _are_whole(values: np.ndarray) -> bool:
    return bool(np.isfinite(values.max()) and values.max() > 1 and (values == np.rint(values)).all())


def _may_be_labels(values: np.ndarray) -> bool:
    """Whether uint8 or uint16 values have another foreground as labels than as alpha, and do not look soft."""
    white = int(full_light(values.dtype))
    if np.array_equal(values > 0, values >= (white + 1) // 2):
        return False
    n_inner, n_equal, n_steps, n_sharp, n_ramps = _steps(values, _OPAQUE * white)
    if n_ramps >= _RAMP * max(n_steps, 1):
        return False
    if values.max() < white / 2:
        return True
    return bool(n_equal >= _PIECEWISE * max(n_inner, 1) and n_sharp >= _SHARP * n_steps)


def _is_labels(values: np.ndarray) -> bool:
    opaque = _OPAQUE * full_light(values.dtype)
    n_inner, n_equal, n_steps, n_sharp, n_ramps = _steps(values, opaque)
    if n_equal < _PIECEWISE * max(n_inner, 1) or n_sharp < _SHARP * max(n_steps, 1) or n_ramps > _RAMP * n_steps:
        return False
    if values.max() < opaque:
        return True
    numbers = np.unique(values).astype(int)
    return bool(numbers[-1] - numbers[0] + 1 == len(numbers) > 2)  # all from 0 or 1 on, white among them


def is_label_image(values: np.ndarray) -> bool:
    """Whether numbers >= 0 are labels rather than weights: whole ones of a dtype without a range, or flat regions."""
    if values.dtype.kind == "b" or not values.size or values.max() <= 1:
        return False
    if values.dtype.kind == "u" and values.dtype.itemsize <= 2:
        return _is_labels(np.ascontiguousarray(in_native_byte_order(values)))
    return values.dtype.kind in "iu" or _are_whole(values)


def is_shaded(values: np.ndarray) -> bool:
    """Whether uint8 or uint16 values, up to about white, are those of a gray image or of soft alpha: on ramps."""
    white = int(full_light(values.dtype))
    _, _, n_steps, _, n_ramps = _steps(np.ascontiguousarray(in_native_byte_order(values)), white)
    return bool(values.max() >= _OPAQUE * white and n_ramps > _RAMP * n_steps)


def _are_touching_regions(values: np.ndarray) -> bool:
    """Whether values of which all but 0 are foreground in any case are flat regions that touch: two labels, maybe."""
    n_inner, n_equal, n_steps, n_sharp, n_ramps = _steps(values, _NEARLY_WHITE * full_light(values.dtype))
    is_flat = n_equal >= _PIECEWISE * max(n_inner, 1) and n_ramps <= _RAMP * n_steps
    return bool(is_flat and n_sharp >= _SHARP * n_steps and _touch(np.ascontiguousarray(values)))


def _recognised(values: np.ndarray) -> str:
    """What the values of a uint8 or uint16 mask are: "soft" or "labels"."""
    white = full_light(values.dtype)
    if ((values > 0) == (values >= white / 2)).all() and not (values.max() < white and _is_labels(values)):
        if not _are_touching_regions(values):
            return "soft"
    elif _is_labels(values):
        return "labels"
    else:
        n_inner, n_equal, n_steps, _, n_ramps = _steps(values, _OPAQUE * white)
        if values.max() >= white / 2 and (n_equal < _PIECEWISE * max(n_inner, 1) or n_ramps > _RAMP * n_steps):
            return "soft"
    raise ImageFormatError(explain_ambiguous(values))


def _as_array(mask: Any, shape: tuple[int, ...] | None) -> np.ndarray:
    """The array of a mask, (height, width) or (height, width, 4); what else it looks like is named."""
    check_unmasked(mask)
    if isinstance(mask, (Mapping, str, bytes, os.PathLike)):
        raise ImageFormatError(explain_mask(mask))
    try:
        values = np.asarray(mask)
    except ValueError:  # rows of unequal length
        raise ImageFormatError(explain_mask(mask)) from None
    is_mask = values.ndim == 2 or (values.ndim == 3 and values.shape[2] == 4)
    is_right_size = shape is None or values.shape[:2] == tuple(shape[:2])
    is_polygon = values.ndim == 2 and values.shape[1] == 2 and shape is not None and not is_right_size
    is_polygon |= isinstance(mask, (list, tuple)) and len(values) == 1 and values.size >= 6 and values.max() > 1
    if values.dtype == object or values.size == 0 or not is_mask or is_polygon:
        raise ImageFormatError(explain_mask(values if isinstance(mask, np.ndarray) else mask))
    if not is_right_size:
        hint = " Transposed? Give mask.T." if shape is not None and values.shape[:2] == tuple(shape[1::-1]) else ""
        raise ImageFormatError(f"Expected a mask of shape {shape}, as the image has it, got {values.shape}.{hint}")
    return in_native_byte_order(values)
