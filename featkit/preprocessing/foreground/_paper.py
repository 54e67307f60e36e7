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
    field = np.rint(color_field(small, surface)).astype(np.uint8)
    field = cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR)
    is_sheet = cv2.resize(sheet.view(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    difference = _largest_difference(np.ascontiguousarray(rgb), field, is_sheet)
    if not is_sheet.any():
        return np.zeros((height, width), dtype=bool)
    step = 4 if is_sheet[::4, ::4].any() else 1
    noise = float(np.median(difference[::step, ::step][is_sheet[::step, ::step] > 0]))
    reach = max(3, round(EDGE_FRACTION * max(height, width)))
    highest = cv2.dilate(difference, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    mask = _above_half(difference, highest, max(6 * noise, LEAST_STEP), noise)
    return mask if sheet.all() else _without_what_reaches_out(mask, is_sheet)


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
    levels: list[tuple[np.ndarray, ...]] = [(small.astype(np.float32) * weights[..., np.newaxis], weights)]
    while min(weights.shape) > 1:  # each level is the mean of what is known of 2 x 2 pixels
        size = (weights.shape[1] + 1) // 2, (weights.shape[0] + 1) // 2
        levels.append(tuple(cv2.resize(finer, size, interpolation=cv2.INTER_AREA) for finer in levels[-1]))
        weights = levels[-1][1]
    colors, weights = levels.pop()
    field = colors / np.maximum(weights, 1e-6)[..., np.newaxis]
    for colors, weights in levels[::-1]:
        coarse = cv2.resize(field, weights.shape[::-1], interpolation=cv2.INTER_LINEAR).reshape(colors.shape)
        field = colors + coarse * (1 - weights)[..., np.newaxis]
    return np.clip(cv2.GaussianBlur(field, (0, 0), 2.0), 0, 255)


@kernel
def _largest_difference(image, field, is_sheet):
    height, width, _ = image.shape
    difference = np.zeros((height, width), np.uint8)
    for i in range(height):
        for j in range(width):
            if is_sheet[i, j]:
                largest = np.int64(0)
                for channel in range(3):
                    step = abs(np.int64(image[i, j, channel]) - np.int64(field[i, j, channel]))
                    if step > largest:
                        largest = step
                difference[i, j] = largest
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


def _without_what_reaches_out(mask: np.ndarray, is_sheet: np.ndarray) -> np.ndarray:
    edge = cv2.dilate(1 - is_sheet, np.ones((3, 3), np.uint8))
    kept = mask.view(np.uint8).copy()
    filled = np.zeros((mask.shape[0] + 2, mask.shape[1] + 2), np.uint8)  # one for all: OpenCV takes a new one each
    reaching = cv2.findNonZero(cv2.bitwise_and(kept, edge))
    for col, row in () if reaching is None else np.reshape(reaching, (-1, 2)).astype(int).tolist():
        if kept[row, col]:  # no other pixel of its component was met before
            cv2.floodFill(kept, filled, [int(col), int(row)], 0, flags=8)
    return kept.view(bool)
