"""The skeleton of a mask: thinned in the order of distance from the outline, short branches taken off."""

import math

import cv2
import numpy as np

from ..._numba import kernel

SHORT = 1.6  # a branch whose tip is this near its foot, in half-widths there, is a corner or roughness
ROUNDS = np.array([(0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1)])  # neighbours, anticlockwise


def _deletable_patterns():
    """For every pattern of the eight neighbours (bit k is neighbour k): whether the pixel holds nothing together.

    Yokoi's connectivity number is 1 and the pixel is no end: two neighbours or more.
    """
    bits = (np.arange(256)[:, np.newaxis] >> np.arange(8)) & 1
    background = 1 - bits
    number = sum(
        background[:, k] * (1 - background[:, (k + 1) % 8] * background[:, (k + 2) % 8]) for k in range(0, 8, 2)
    )
    return (number == 1) & (bits.sum(axis=1) >= 2)


DELETABLE = _deletable_patterns()


def skeleton_of(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Skeleton and half-width of an object.

    Parameters
    ----------
    mask : bool ndarray (height, width)
        One component without holes, background all around.

    Returns
    -------
    skeleton : uint8 ndarray (height, width)
        1 on a tree of pixels, one pixel wide.
    half_widths : float64 ndarray (height, width)
        Distance of every pixel's centre from the outline.
    """
    skeleton = mask.astype(np.uint8)
    half_widths = cv2.distanceTransform(skeleton, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).astype(np.float64)
    half_widths = np.sqrt(np.rint(half_widths**2))  # OpenCV 5 differs in the last digit from call to call
    flat = skeleton.reshape(-1)
    pixels = np.flatnonzero(flat)
    levels = half_widths.reshape(-1)[pixels].astype(np.int64)
    rank = np.argsort(levels, kind="stable")
    half_widths = np.maximum(half_widths - 0.5, 0)
    steps = ROUNDS @ [mask.shape[1], 1]
    _thin(flat, pixels[rank], levels[rank], steps, DELETABLE)
    _prune(flat, half_widths.reshape(-1), np.flatnonzero(flat), steps, mask.shape[1])
    pixels = np.flatnonzero(flat)
    _thin(flat, pixels, np.zeros(len(pixels), np.int64), steps, DELETABLE)
    return skeleton, half_widths


@kernel
def _pattern(flat, pixel, steps):
    pattern = 0
    for k in range(8):
        if flat[pixel + steps[k]]:
            pattern |= 1 << k
    return pattern


@kernel
def _thin(flat, pixels, levels, steps, deletable):
    """Delete what holds nothing together, level by level from the outline inwards.

    Each round takes the pixels that face background on one of four sides when it begins: were they taken one after the
    other, a line two pixels wide would be eaten from its end.
    """
    active = np.empty(len(pixels), np.int64)
    facing = np.empty(len(pixels), np.int64)
    n_active = added = 0
    while added < len(pixels):
        level = levels[added]
        while added < len(pixels) and levels[added] == level:
            active[n_active] = pixels[added]
            n_active += 1
            added += 1
        changed = True
        while changed:
            changed = False
            for side in range(0, 8, 2):
                n_facing = 0
                for k in range(n_active):
                    if not flat[active[k] + steps[side]]:
                        facing[n_facing] = active[k]
                        n_facing += 1
                for k in range(n_facing):
                    if deletable[_pattern(flat, facing[k], steps)]:
                        flat[facing[k]] = 0
                        changed = True
                n_left = 0
                for k in range(n_active):
                    if flat[active[k]]:
                        active[n_left] = active[k]
                        n_left += 1
                n_active = n_left


@kernel
def crossings(flat, pixel, steps):
    """How many parts of the skeleton leave a pixel."""
    count = 0
    for k in range(8):
        if not flat[pixel + steps[k]] and flat[pixel + steps[(k + 1) % 8]]:
            count += 1
    return count


@kernel
def _prune(flat, half_widths, pixels, steps, width):
    """Take off branches whose tip lies near their foot, all at once, until none is left."""
    branch = np.empty(len(pixels), np.int64)
    doomed = np.zeros(len(pixels), np.int64)
    found = True
    while found:
        found = False
        n_doomed = 0
        for first in pixels:
            if not flat[first] or crossings(flat, first, steps) != 1:
                continue
            n_branch, pixel, before = 0, first, -1
            while True:
                branch[n_branch] = pixel
                n_branch += 1
                following = -1
                for k in range(8):  # straight neighbours come first: no corner is cut
                    m = 2 * k % 8 + (k >= 4)
                    neighbor = pixel + steps[m]
                    is_new = flat[neighbor] and neighbor != before
                    for j in range(max(0, n_branch - 3), n_branch):
                        is_new = is_new and neighbor != branch[j]
                    if is_new:
                        following = neighbor
                        break
                if following < 0 or n_branch == len(branch):
                    following = -1
                    break
                before, pixel = pixel, following
                if crossings(flat, pixel, steps) >= 3:
                    break
            down, right = first // width - pixel // width, first % width - pixel % width
            length = math.hypot(down, right) + half_widths[first]
            if following >= 0 and length <= SHORT * half_widths[pixel]:
                for k in range(n_branch):
                    if n_doomed < len(doomed):
                        doomed[n_doomed] = branch[k]
                        n_doomed += 1
        for k in range(n_doomed):
            flat[doomed[k]] = 0
            found = True


def tips_and_branches(skeleton: np.ndarray) -> tuple[int, int]:
    """Number of tips (ends) and of branch points (where three parts or more meet, touching pixels as one)."""
    steps = ROUNDS @ [skeleton.shape[1], 1]
    flat = skeleton.reshape(-1)
    leaving = _all_crossings(flat, np.flatnonzero(flat), steps)
    forks = np.zeros(skeleton.shape, np.uint8)
    forks.reshape(-1)[np.flatnonzero(flat)[leaving >= 3]] = 1
    return int((leaving == 1).sum()), cv2.connectedComponents(forks, connectivity=8)[0] - 1


@kernel
def _all_crossings(flat, pixels, steps):
    leaving = np.empty(len(pixels), np.int64)
    for k in range(len(pixels)):
        leaving[k] = crossings(flat, pixels[k], steps)
    return leaving


def longest_path(skeleton: np.ndarray) -> np.ndarray:
    """(row, col) of the pixels along the longest way through a skeleton: float64 (n, 2)."""
    flat = skeleton.reshape(-1)
    steps = ROUNDS @ [skeleton.shape[1], 1]
    pixels = np.flatnonzero(flat)
    end = _farthest(flat, pixels[0], steps)[-1]
    return np.column_stack(np.divmod(_farthest(flat, end, steps), skeleton.shape[1])).astype(np.float64)


@kernel
def _farthest(flat, start, steps):
    """Pixels from the one farthest from `start`, along the skeleton, to ... reversed: from `start` to the farthest."""
    n = 0
    for pixel in range(len(flat)):
        n += flat[pixel] != 0
    distance = np.full(len(flat), np.inf)
    before = np.full(len(flat), -1, np.int64)
    queue = [start]
    distance[start] = 0
    done = 0
    while done < len(queue):
        pixel = queue[done]
        done += 1
        for k in range(8):
            neighbor = pixel + steps[k]
            reached = distance[pixel] + (1.0 if k % 2 == 0 else 2.0**0.5)
            if flat[neighbor] and reached < distance[neighbor] - 1e-9:
                distance[neighbor] = reached
                before[neighbor] = pixel
                queue.append(neighbor)
    farthest = start
    for pixel in queue:
        if distance[pixel] > distance[farthest]:
            farthest = pixel
    path = [farthest]
    while before[path[-1]] >= 0:
        path.append(before[path[-1]])
    return np.array(path[::-1])
