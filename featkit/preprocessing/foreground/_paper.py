"""What lies on a sheet of paper or another plain surface, on which light may be uneven."""

import cv2
import numpy as np

from ..._numba import kernel
from ...image.conversions import largest_channel, least_channel
from ...image.masks.components import fill_holes
from ...image.reduction import reduced

SEARCH_SIZE = 640  # pixels of the longer side of the copy on which the surface is looked for
FLAT = (6.0, 20.0)  # largest change within 3 x 3 pixels of an even surface in gray levels: without noise, at most
LEAST_AREA = 0.05  # fraction of the image that is surface
LIGHT_BONUS = 0.3  # a light surface is preferred to a dark one up to 1 / 0.3 times as large
SEEN_ALL_AROUND = 0.5  # fraction of the sides of the image from which on the surface goes on beyond them
LEAST_STEP = 16  # gray levels between an object and the surface, in one of the channels
EDGE_FRACTION = 1 / 600  # of the longer side: reach of blur
MARGIN = 2  # pixels of the copy that the surface is narrower than it looks


def paper_mask(rgb: np.ndarray) -> np.ndarray:
    """Foreground on the largest, lightest even surface of an image.

    Parameters
    ----------
    rgb : uint8 ndarray (height, width, 3)

    Returns
    -------
    mask : bool ndarray (height, width)
        Edges are where the color is halfway between object and surface. What reaches beyond the surface is left out,
        and the mask is empty where there is no even surface.
    """
    height, width = rgb.shape[:2]
    factor = min(1.0, SEARCH_SIZE / max(height, width))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    small = reduced(np.ascontiguousarray(rgb), size)
    surface = even_surface(small)
    if surface is None:
        return np.zeros((height, width), dtype=bool)
    sheet = whole_sheet(surface)
    row_of, col_of = _nearest(sheet.shape[0], height), _nearest(sheet.shape[1], width)
    field = np.rint(color_field(small, surface)).astype(np.uint8)
    rows, cols = _between(sheet.shape[0], height), _between(sheet.shape[1], width)
    difference = _largest_difference(np.ascontiguousarray(rgb), field, rows, cols, sheet, row_of, col_of)
    if not sheet.any():
        return np.zeros((height, width), dtype=bool)
    for step in (4, 1):
        is_sheet = sheet[row_of[::step]][:, col_of[::step]]
        if is_sheet.any():
            break
    noise = float(np.median(difference[::step, ::step][is_sheet]))
    reach = max(3, round(EDGE_FRACTION * max(height, width)))
    highest = cv2.dilate(difference, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    mask = _above_half(difference, highest, max(6 * noise, LEAST_STEP), noise)
    return mask if sheet.all() else _without_what_reaches_out(mask, sheet, row_of, col_of)


def even_surface(small: np.ndarray) -> np.ndarray | None:
    """Pixels of the surface that things lie on.

    Parameters
    ----------
    small : uint8 ndarray (height, width, 3)

    Returns
    -------
    surface : bool ndarray (height, width) or None
        None where nothing even is large enough.
    """
    smooth = cv2.GaussianBlur(small, (0, 0), 1.0)
    window = np.ones((3, 3), np.uint8)
    change = largest_channel(cv2.subtract(cv2.dilate(smooth, window), cv2.erode(smooth, window)))
    tolerance = np.clip(2.5 * np.median(change), *FLAT)
    n_labels, labels, stats, _ = cv2.connectedComponentsWithStats((change <= tolerance).view(np.uint8), connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA] / small[..., 0].size
    light = np.bincount(labels.ravel(), least_channel(small).ravel(), n_labels) / np.maximum(stats[:, -1], 1)
    scores = np.where(areas >= LEAST_AREA, areas * (LIGHT_BONUS + light / 255), 0)
    scores[0] = 0  # what is not even
    best = int(scores.argmax())
    return labels == best if scores[best] > 0 else None


def whole_sheet(surface: np.ndarray) -> np.ndarray:
    """The surface with what lies on it, a little narrower where it ends within the image.

    Parameters
    ----------
    surface : bool ndarray (height, width)

    Returns
    -------
    sheet : bool ndarray (height, width)
    """
    sides = [float(side.mean()) for side in (surface[0], surface[-1], surface[:, 0], surface[:, -1])]
    if min(sides) >= SEEN_ALL_AROUND:
        return np.ones(surface.shape, dtype=bool)
    if np.mean(sides) < SEEN_ALL_AROUND:
        sheet = fill_holes(surface).view(np.uint8)
    else:  # the sheet ends at some side of the image, at others things may lie across the border
        points = cv2.findNonZero(surface.view(np.uint8))
        sheet = np.zeros(surface.shape, np.uint8)
        cv2.fillConvexPoly(sheet, cv2.convexHull(points), 1)
    window = np.ones((2 * MARGIN + 1, 2 * MARGIN + 1), np.uint8)
    return np.asarray(cv2.erode(sheet, window, borderType=cv2.BORDER_CONSTANT, borderValue=1), bool)


def color_field(small: np.ndarray, surface: np.ndarray) -> np.ndarray:
    """Color of the surface everywhere, carried on beneath the things that lie on it.

    Parameters
    ----------
    small : uint8 ndarray (height, width, 3)
    surface : bool ndarray (height, width)

    Returns
    -------
    field : float32 ndarray (height, width, 3)
    """
    inner = cv2.erode(surface.view(np.uint8), np.ones((3, 3), np.uint8))
    weights = (inner if inner.any() else surface.view(np.uint8)).astype(np.float32)
    levels: list[tuple[np.ndarray, np.ndarray]] = [
        (cv2.multiply(small, cv2.merge([weights] * 3), dtype=cv2.CV_32F), weights)
    ]
    while min(weights.shape) > 1:  # each level is the mean of what is known of 2 x 2 pixels
        size = (weights.shape[1] + 1) // 2, (weights.shape[0] + 1) // 2
        smaller: list[np.ndarray] = [cv2.resize(finer, size, interpolation=cv2.INTER_AREA) for finer in levels[-1]]
        weights = smaller[1]
        levels.append((smaller[0], weights))
    colors, weights = levels.pop()
    field: np.ndarray = colors / np.maximum(weights, 1e-6)[..., np.newaxis]
    for colors, weights in levels[::-1]:
        coarse = cv2.resize(field, weights.shape[::-1], interpolation=cv2.INTER_LINEAR).reshape(colors.shape)
        field = cv2.add(colors, cv2.multiply(coarse, cv2.merge([1 - weights] * 3)))
    return np.clip(cv2.GaussianBlur(field, (0, 0), 2.0), 0, 255)


def _nearest(n_small: int, n_large: int) -> np.ndarray:
    """Pixel of a small copy at each pixel of the large image, along one axis."""
    return np.minimum((np.arange(n_large) * (1 / (n_large / n_small))).astype(np.int64), n_small - 1)


def _between(n_small: int, n_large: int) -> np.ndarray:
    """Pixels of a small copy on both sides of each pixel of the large image, along one axis, and their shares.

    Returns
    -------
    taps : int32 ndarray (4, n_large)
        First and second pixel; share of each in 2048 parts, as OpenCV rounds them.
    """
    places = ((np.arange(n_large) + 0.5) * (1 / (n_large / n_small)) - 0.5).astype(np.float32)
    first = np.clip(np.floor(places), 0, n_small - 1)
    share = np.where((places < 0) | (first == n_small - 1), np.float32(0), places - first)
    shares = np.rint(np.float32(2048) * np.stack([1 - share, share]))
    return np.stack([first, np.minimum(first + 1, n_small - 1), *shares]).astype(np.int32)


@kernel
def _line_between(line, taps, levels):
    """A row of the small field at each column of the image, in 1/128 gray levels; channels side by side."""
    for j in range(taps.shape[1]):
        first, second = taps[0, j], taps[1, j]
        for channel in range(3):
            left = np.int32(np.int32(line[first, channel]) * taps[2, j])
            levels[3 * j + channel] = np.int32(left + np.int32(line[second, channel]) * taps[3, j]) >> np.int32(4)


@kernel
def _largest_difference(image, field, rows, cols, sheet, row_of, col_of):
    """Of the channels beside a field that is bilinearly enlarged, to the bit as OpenCV does it; 0 beside the sheet."""
    height, width, _ = image.shape
    difference = np.empty((height, width), np.uint8)
    above, below = np.empty(3 * width, np.int16), np.empty(3 * width, np.int16)
    steps, is_sheet = np.empty(3 * width, np.uint8), np.empty(width, np.uint8)
    for i in range(height):
        if i == 0 or rows[0, i] != rows[0, i - 1]:
            if i > 0 and rows[0, i] == rows[1, i - 1]:
                above, below = below, above
            else:
                _line_between(field[rows[0, i]], cols, above)
            _line_between(field[rows[1, i]], cols, below)
        if i == 0 or row_of[i] != row_of[i - 1]:
            for j in range(width):
                is_sheet[j] = sheet[row_of[i], col_of[j]]
        pixels, out = image[i].reshape(-1), difference[i]
        upper_share, lower_share = np.int32(rows[2, i]), np.int32(rows[3, i])
        for k in range(3 * width):  # types are said, so that many are worked on at once
            upper = np.int16(np.int32(np.int32(above[k]) * upper_share) >> np.int32(16))
            lower = np.int16(np.int32(np.int32(below[k]) * lower_share) >> np.int32(16))
            value = np.uint8(np.int16(upper + lower + np.int16(2)) >> np.int16(2))
            steps[k] = max(pixels[k], value) - min(pixels[k], value)
        for j in range(width):
            out[j] = max(max(steps[3 * j], steps[3 * j + 1]), steps[3 * j + 2]) * is_sheet[j]
    return difference


@kernel
def _above_half(difference, highest, least, noise):
    height, width = difference.shape
    mask = np.empty((height, width), np.bool_)
    for i in range(height):
        for j in range(width):
            value = np.int64(difference[i, j])
            mask[i, j] = value >= least and 2 * value >= highest[i, j] - noise  # the highest is so by its noise
    return mask


@kernel
def _reaching_out(mask, sheet, row_of, col_of):
    """(row, col) of the pixels of a mask on the sheet beside which it ends."""
    height, width = mask.shape
    n_cols = sheet.shape[1]
    starts = np.searchsorted(col_of, np.arange(n_cols + 1))
    is_whole = np.zeros(n_cols, np.bool_)
    edges = np.empty(width, np.int64)
    n_edges = n_places = 0
    places = np.empty((64, 2), np.int64)
    for i in range(height):
        above, here, below = row_of[max(i - 1, 0)], row_of[i], row_of[min(i + 1, height - 1)]
        if i < 2 or above != row_of[i - 2] or here != row_of[i - 1] or below != here:
            for col in range(n_cols):
                is_whole[col] = sheet[above, col] and sheet[here, col] and sheet[below, col]
            n_edges = 0
            for col in range(n_cols):
                before, after = is_whole[max(col - 1, 0)], is_whole[min(col + 1, n_cols - 1)]
                if sheet[here, col] and not (before and is_whole[col] and after):
                    for j in range(starts[col], starts[col + 1]):
                        left, right = col_of[max(j - 1, 0)], col_of[min(j + 1, width - 1)]
                        if not (is_whole[left] and is_whole[col] and is_whole[right]):
                            edges[n_edges] = j
                            n_edges += 1
        for edge in edges[:n_edges]:
            if mask[i, edge]:
                if n_places == len(places):
                    places = np.concatenate((places, np.empty_like(places)))
                places[n_places] = i, edge
                n_places += 1
    return places[:n_places].copy()


def _without_what_reaches_out(
    mask: np.ndarray, sheet: np.ndarray, row_of: np.ndarray, col_of: np.ndarray
) -> np.ndarray:
    """Clear the components that touch the end of the sheet, in place."""
    kept = mask.view(np.uint8)
    filled = np.zeros((mask.shape[0] + 2, mask.shape[1] + 2), np.uint8)  # one for all: OpenCV takes a new one each
    for row, col in _reaching_out(mask, sheet, row_of, col_of).tolist():
        if kept[row, col]:  # no other pixel of its component was met before
            cv2.floodFill(kept, filled, [col, row], 0, flags=8)
    return mask
