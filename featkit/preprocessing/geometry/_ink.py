"""Tell what is drawn from what it is drawn on: the ink in every pixel, on plain, uneven or textured background."""

import math

import numpy as np

from ..._numba import kernel
from ._patches import find_patches

POLARITIES = ("auto", "bright", "dark")
_ROUNDS = 2  # of levels from a mask and a mask from levels; more change nothing
_INK_QUANTILE = 0.75
_GROUND_REACH = 0.1  # standard deviation of the window for the background level, in sides of the drawing
_GROUND_NOISE = 2.0  # mean deviations of the background from its level that are still background
_FULL_INK = 0.9  # of the way from background to ink
_GLOBAL_FAITH = 0.01  # weight of the overall background level, for the inside of what is wider than the window
_DARK = 16  # level above black at which the logarithm of light begins to be one
_LOGARITHM = np.rint(255 * np.log1p(np.arange(256) / _DARK) / np.log1p(255 / _DARK)).astype(np.uint8)
_EDGE = 28  # rows or columns of an image for a pixel of soft edge
_IN_SHADOW = 0.1  # of the ink lies in shadow, at least, and of the lit ink at most so much is lost
_CLEAR = 6.0  # mean deviations of the background by which ink in shadow is above it


@kernel
def contrast_threshold(levels):
    """Level t (0..254) at which the contours of ``levels > t`` have most contrast and leave the border alone.

    The score of a threshold is the sum of differences over all pairs of neighbours that it parts, divided by their
    number plus half of height plus width, which keeps single bright grains from winning, times how one-sided the
    border of the image is.

    Parameters
    ----------
    levels : uint8 ndarray (height, width)

    Returns
    -------
    threshold : int
        The middle of the best ones where several in a row are equally good.
    """
    height, width = levels.shape
    contrast, pairs, border = np.zeros(257), np.zeros(257), np.zeros(257)
    for row in range(height):
        for col in range(width):
            level = levels[row, col]
            for side in range(2):
                if (side == 0 and row + 1 < height) or (side == 1 and col + 1 < width):
                    other = levels[row + 1, col] if side == 0 else levels[row, col + 1]
                    if level != other:
                        low, high = min(level, other), max(level, other)
                        contrast[low] += high - low
                        contrast[high] -= high - low
                        pairs[low] += 1
                        pairs[high] -= 1
            if row == 0 or col == 0 or row == height - 1 or col == width - 1:
                border[level] += 1
    border /= border.sum()
    score = np.empty(255)
    strength, number, below = 0.0, 0.0, 0.0
    for threshold in range(255):
        strength += contrast[threshold]
        number += pairs[threshold]
        below += border[threshold]
        score[threshold] = strength / (number + 0.5 * (height + width)) * abs(2 * below - 1)
    best = np.argmax(score)
    end = best
    while end + 1 < 255 and score[end + 1] >= 0.999 * score[best]:
        end += 1
    return (best + end) // 2


@kernel
def _border_fraction(mask):
    height, width = mask.shape
    count, total = 0, 0
    for row in range(height):
        for col in range(width):
            if row == 0 or col == 0 or row == height - 1 or col == width - 1:
                total += 1
                count += mask[row, col]
    return count / total


@kernel
def _drop_light_blobs(mask, weights, min_fraction):
    """Clear the blobs (8 neighbours) that weigh less than a fraction of the heaviest one; tell whether any is left."""
    height, width = mask.shape
    step = width + 2  # a margin all around: every pixel has eight neighbours
    labels = np.zeros((height + 2) * step, np.int32)
    inner = labels.reshape(height + 2, step)[1:-1, 1:-1]
    inner[:] = np.where(mask, -1, 0)
    waiting = np.empty(mask.size, np.int32)
    n_blobs = 0
    for first in range(len(labels)):
        if labels[first] >= 0:
            continue
        n_blobs += 1
        labels[first], waiting[0], count = n_blobs, first, 1
        while count > 0:
            count -= 1
            above = waiting[count] - step - 1
            for line in range(above, above + 3 * step, step):
                for near in range(line, line + 3):
                    if labels[near] < 0:
                        labels[near], waiting[count] = n_blobs, near
                        count += 1
    if n_blobs == 0:
        return False
    sums = np.zeros(n_blobs + 1)
    for row in range(height):
        for col in range(width):
            if mask[row, col]:
                sums[inner[row, col]] += weights[row, col]
    is_light = sums < min_fraction * (1 - 1e-12) * sums.max()
    for row in range(height):
        for col in range(width):
            if mask[row, col] and is_light[inner[row, col]]:
                mask[row, col] = False
    return True


@kernel
def _grown(mask):
    """The mask and the eight neighbours of its pixels."""
    height, width = mask.shape
    wide = mask.copy()
    for row in range(height):
        for col in range(width - 1):
            wide[row, col] |= mask[row, col + 1]
        for col in range(1, width):
            wide[row, col] |= mask[row, col - 1]
    grown = wide.copy()
    for row in range(height - 1):
        for col in range(width):
            grown[row, col] |= wide[row + 1, col]
            grown[row + 1, col] |= wide[row, col]
    return grown


@kernel
def _blurred(plane, sigma):
    """Gaussian blur; what is beyond the border counts as 0."""
    height, width = plane.shape
    radius = math.ceil(3 * sigma)
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    kernel = (kernel / kernel.sum()).astype(np.float32)
    flat, down = plane.ravel(), np.zeros(plane.size, np.float32)
    for offset in range(max(-radius, 1 - height), min(radius, height - 1) + 1):
        start = offset * width
        target, source = down[max(0, -start) : len(flat) - max(0, start)], flat[max(0, start) :]
        for i in range(len(target)):
            target[i] += kernel[offset + radius] * source[i]
    padded = np.zeros((height, width + 2 * radius), np.float32)  # rows stay apart when they are shifted as one
    padded[:, radius : radius + width] = down.reshape(height, width)
    flat, both = padded.ravel(), np.zeros(padded.size, np.float32)
    for offset in range(2 * radius + 1):
        target, source = both[: len(flat) - 2 * radius], flat[offset:]
        for i in range(len(target)):
            target[i] += kernel[offset] * source[i]
    return both.reshape(padded.shape)[:, :width]


@kernel
def _longer_side(mask):
    height, width = mask.shape
    top, left, bottom, right = height, width, 0, 0
    for row in range(height):
        for col in range(width):
            if mask[row, col]:
                top, left, bottom, right = min(top, row), min(left, col), max(bottom, row), max(right, col)
    return max(bottom - top, right - left) + 1


@kernel
def _ink_between_levels(values, mask):
    """Where a value lies between the background around it (0) and the ink (1); 0 away from the mask."""
    height, width = values.shape
    near = _grown(mask)
    trust = np.empty((height, width), np.float32)
    for row in range(height):
        for col in range(width):
            edge = np.float32(1e-3)  # soft edges count as background only where there is nothing else
            trust[row, col] = 0 if mask[row, col] else edge if near[row, col] else 1
    total = max(np.float64(trust.sum()), 1e-6)
    overall = (trust * values).sum() / total
    reach = max(1.0, _GROUND_REACH * _longer_side(mask))
    ground, weight = _blurred(trust * values, reach), _blurred(trust, reach)
    inside = np.sort(values.ravel()[mask.ravel()])
    ink_level = inside[int(_INK_QUANTILE * (len(inside) - 1))]
    deviations = 0.0
    for row in range(height):
        for col in range(width):
            level = (ground[row, col] + _GLOBAL_FAITH * overall) / (weight[row, col] + _GLOBAL_FAITH)
            ground[row, col] = level
            deviations += trust[row, col] * abs(values[row, col] - level)
    noise = _GROUND_NOISE * deviations / total
    ink = np.zeros((height, width), np.float32)
    for row in range(height):
        for col in range(width):
            if near[row, col]:
                none = ground[row, col] + noise
                range_of_ink = max(_FULL_INK * (ink_level - none), 1 / 255)
                ink[row, col] = min(max((values[row, col] - none) / range_of_ink, 0.0), 1.0)
    return ink


@kernel
def _ink_of_levels(levels, polarity, min_fraction):
    mask = levels > contrast_threshold(levels)
    values = levels.astype(np.float32) / np.float32(255)
    if polarity == 2 or (polarity == 0 and _border_fraction(mask) > 0.5):
        mask = ~mask
        values = 1 - values
    ink = np.zeros(levels.shape, np.float32)
    weights = np.ones(levels.shape, np.float32)
    for _ in range(_ROUNDS):
        if not _drop_light_blobs(mask, weights, min_fraction):
            return np.zeros(levels.shape, np.float32)
        ink = _ink_between_levels(values, mask)
        mask = ink > 0.5
        weights = ink**3  # a dull leaf weighs less than a small stroke
    _drop_light_blobs(mask, weights, min_fraction)
    return np.where(_grown(mask), ink, np.float32(0))


@kernel
def _surrounded(mask):
    """The mask and its soft edges, whose width goes with the size of the image."""
    for _ in range(max(1, max(mask.shape) // _EDGE)):
        mask = _grown(mask)
    return mask


@kernel
def _leaves_ink(levels, ink):
    """Whether clear levels remain outside of the ink, enough for strokes in shadow; see `_goes_on_in_shadow`."""
    near = _surrounded(ink > 0.5)
    counts = np.zeros(256, np.int64)
    n_inside, light_inside = 0, 0
    for row in range(levels.shape[0]):
        for col in range(levels.shape[1]):
            if ink[row, col] > 0.5:
                n_inside += 1
                light_inside += levels[row, col]
            elif not near[row, col]:
                counts[levels[row, col]] += 1
    total, all_levels = counts.sum(), np.arange(256)
    if total == 0 or light_inside * total <= n_inside * (counts * all_levels).sum():
        return False
    base = np.searchsorted(2 * np.cumsum(counts), total)
    noise = (counts * np.abs(all_levels - base)).sum() / total + 1
    return counts[all_levels - base > _CLEAR * noise].sum() >= _IN_SHADOW * n_inside


@kernel
def _goes_on_in_shadow(levels, ink, shaded):
    """Whether the strokes of `ink` go on in `shaded`, by ink that is clear of its background."""
    mask, whole = ink > 0.5, shaded > 0.5
    if (mask & ~_surrounded(whole)).sum() > _IN_SHADOW * mask.sum():
        return False
    goes_on = mask & whole
    n_pixels = 0
    while goes_on.sum() > n_pixels:
        n_pixels = goes_on.sum()
        goes_on = _grown(goes_on) & whole
    added = goes_on & ~_surrounded(mask)
    if added.sum() < max(1.0, _IN_SHADOW * whole.sum()):
        return False
    outside = levels.ravel()[~_surrounded(whole).ravel()]
    if len(outside) == 0:
        return False
    base = np.median(outside)
    noise = np.abs(outside - base).mean() + 1
    return np.quantile(levels.ravel()[added.ravel()], 0.25) - base > _CLEAR * noise


def ink_of_tones(gray: np.ndarray, polarity: str = "auto", min_fraction: float = 0.15) -> np.ndarray:
    """Ink of a drawing in one tone that is brighter or darker than its background: float32, 0 to 1.

    Strokes that go on in a shadow are found by the logarithm of light; flat patches are left out, see `find_patches`.
    `gray` is uint8, uint16 or float in [0, 1]; `min_fraction` is of the weight of the heaviest blob. All 0 where flat.
    """
    if gray.dtype.kind == "f":
        gray = np.rint(gray * 65535).astype(np.int64)  # so that equal images of all dtypes give equal levels
    low, high = int(gray.min()), int(gray.max())
    if low == high:
        return np.zeros(gray.shape, dtype=np.float32)
    spread = (510 * (gray.astype(np.int64) - low) + (high - low)) // (2 * (high - low))
    levels, way, least = spread.astype(np.uint8), POLARITIES.index(polarity), float(min_fraction)
    ink = _ink_of_levels(levels, way, least)
    if _leaves_ink(levels, ink):
        shaded = _ink_of_levels(_LOGARITHM[levels], way, least)
        if _goes_on_in_shadow(levels, ink, shaded):
            ink = shaded
    patches = find_patches(ink)
    if patches is not None:
        rest = (ink > 0.5) & ~_grown(patches)
        if _drop_light_blobs(rest, ink**3, least):
            ink = np.where(_grown(rest) & ~patches, ink, np.float32(0))
    return ink


def ink_of_alpha(alpha: np.ndarray, min_fraction: float = 0.15) -> np.ndarray:
    """Ink of a drawing that is cut out already.

    Parameters
    ----------
    alpha : float32 ndarray (height, width)
    min_fraction : float in [0, 1], default=0.15
        Blobs of less than this fraction of the largest one's area are dropped.

    Returns
    -------
    ink : float32 ndarray (height, width)
        The alpha channel, 0 away from what is at least half opaque.
    """
    mask = alpha >= 0.5
    _drop_light_blobs(mask, np.ones(mask.shape, np.float32), float(min_fraction))
    return np.where(_grown(mask), alpha, np.float32(0))
