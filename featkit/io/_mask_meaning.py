"""What the stored values of a mask file mean: a mask, labels, or how much of a pixel is foreground."""

import numpy as np

from ..exceptions import ImageFormatError
from ..image.checks import full_light
from ..image.masks.conversion import separate_labels
from ..image.masks.explanation import explain_mask
from .formats.mask_values import MaskValues

_VOID = 255  # what belongs to nothing, in the label images of PASCAL VOC, Cityscapes and ADE20K
_FEW = 64  # labels of 8 bits; more different values may be a gray image


def labels_of(found: MaskValues, unknown: int | None = None) -> np.ndarray:
    """The labels that stored values mean, or their mask where they mean one; -1 where they are `unknown`."""
    values = _one_channel(found.values)
    if unknown is not None:
        if found.is_lossy or values.dtype == bool:
            raise ImageFormatError(
                f"Expected stored values of which {unknown} is unknown, got a file of "
                f"{'two values' if values.dtype == bool else 'lossy compression'}. Save it as PNG of 8 bits."
            )
        is_unknown = values == unknown
        known = labels_of(found._replace(values=np.where(is_unknown, 0, values).astype(values.dtype)))
        return np.where(is_unknown, -1, known.astype(np.int32))
    if values.dtype == bool:
        return values
    if found.is_lossy:
        return mask_of(found, None, "auto")
    if values.dtype.kind == "f":
        values = _whole(values)
    levels = np.unique(values)
    if levels[0] < 0 or levels[-1] > np.iinfo(np.int32).max:
        raise ImageFormatError(f"Expected labels from 0 to 2147483647, got {levels[0]} to {levels[-1]}.")
    if _VOID in levels[2:] and _VOID - 1 not in levels and (found.has_colors or values.dtype == np.uint8):
        values, levels = np.where(values == _VOID, 0, values), levels[levels != _VOID]
    if len(levels) <= 2 and levels[0] == 0:
        return values > 0
    if levels[0] != 0:
        raise ImageFormatError(f"Expected labels with 0 for the background, got {levels[:4].tolist()} and no 0.")
    return values.astype(np.int32)


def mask_of(found: MaskValues, label: int | None, mask_kind: str) -> np.ndarray:
    """The mask that stored values mean; what may mean several things is refused."""
    values = _one_channel(found.values)
    if mask_kind == "dark":
        return ~values if values.dtype == bool else ~_at_least_half(values)
    if values.dtype == bool:
        if label not in (None, 1):
            raise ImageFormatError(
                f"Expected a mask of labels, got one of True and False. label={label} is none of them."
            )
        return values
    if mask_kind == "soft":
        return _at_least_half(values)
    if values.dtype.kind == "f":
        values = _whole(values)
    if values.dtype.kind not in "ui":
        raise ImageFormatError(f"Expected a mask of bool, integers or whole numbers, got dtype {values.dtype}.")
    levels = np.unique(values)
    if levels[0] < 0:
        raise ImageFormatError(
            f"Expected labels from 0, the background, got {levels[0]}. If -1 is the background, add 1: labels + 1."
        )
    if label is not None:
        return values == label
    if mask_kind == "labels" or found.has_colors:
        return _labelled(values, levels, found.has_colors)
    if len(levels) <= 2 and (levels[0] == 0 or len(levels) == 1):
        return values > 0
    if found.is_lossy:
        near = (values < 32) | (values > 223)
        if near.mean() > 0.99:
            return _at_least_half(values)
    elif _are_in_a_row(levels, values.dtype):
        return _labelled(values, levels, False)
    shown = ", ".join(map(str, levels[:4].tolist())) + (", ..." if len(levels) > 4 else "")
    raise ImageFormatError(
        f"Expected a mask, got {len(levels)} different values ({shown}), which may be labels or a soft mask. "
        "Say which: mask_kind='labels' (all but 0 is foreground), label=3 (one of them), mask_kind='soft' (one half of "
        "white and more is foreground), or mask_kind='dark' (less is)."
    )


def _one_channel(values: np.ndarray) -> np.ndarray:
    if values.ndim == 2:
        return values
    white = full_light(values.dtype)
    if values.shape[2] == 2:  # gray and alpha of a Pillow image
        values = np.dstack([values[..., :1]] * 3 + [values[..., 1:]])
    if values.shape[2] == 4 and (values[..., 3] < white).any():
        alpha = values[..., 3]
        return alpha >= (white + 1) // 2 if values.dtype.kind == "u" else alpha >= 0.5
    if (values[..., :1] == values[..., 1:3]).all():
        return values[..., 0]
    raise ImageFormatError(
        "Expected a mask or labels, got colors. Say which color is foreground: "
        "(read_image(path)[..., :3] == (255, 0, 0)).all(axis=2)."
    )


def _whole(values: np.ndarray) -> np.ndarray:
    whole = np.isfinite(values).all() and (values == np.rint(values)).all()
    if not whole:
        raise ImageFormatError(explain_mask(values))
    return values.astype(np.int64)


def _at_least_half(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "f":
        if not (values.min() >= 0 and values.max() <= 1):
            raise ImageFormatError(f"Expected a soft mask in [0, 1], got {values.min():g} to {values.max():g}.")
        return values >= 0.5
    if values.dtype not in (np.uint8, np.uint16):
        raise ImageFormatError(f"Expected a soft mask of uint8, uint16 or float, got {values.dtype}.")
    return values >= (int(full_light(values.dtype)) + 1) // 2


def _labelled(values: np.ndarray, levels: np.ndarray, has_colors: bool) -> np.ndarray:
    is_void = _VOID in levels and _VOID - 1 not in levels and (has_colors or values.dtype == np.uint8)
    others = levels[levels != _VOID] if is_void else levels
    if len(others) > 1 and others[0] != 0:
        raise ImageFormatError(
            f"Expected labels with 0 for the background, got {others[:4].tolist()} and no 0. Say which one is the "
            "object: label=1."
        )
    if is_void and (has_colors or len(others) > 1):
        values = np.where(values == _VOID, 0, values)
    return separate_labels(values)


def _are_in_a_row(levels: np.ndarray, dtype: np.dtype) -> bool:
    """0, 1, 2, ...: what a gray image does not hold; of 8 bits only few, and maybe void."""
    if dtype == np.uint8 and levels[-1] == _VOID:
        levels = levels[:-1]
    is_in_a_row = levels[0] == 0 and levels[-1] == len(levels) - 1
    return bool(is_in_a_row and (dtype != np.uint8 or len(levels) <= _FEW))
