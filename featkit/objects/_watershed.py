"""The kernel of the watershed that parts touching objects."""

import numpy as np

from .._numba import kernel

NOISE = 1.0  # pixels by which widths on the lattice of pixels differ without a reason


@kernel
def _root(parents, member):
    while parents[member] != member:
        parents[member] = parents[parents[member]]
        member = parents[member]
    return member


@kernel
def flood_from_peaks(depth, order, neck):
    """Basins around the peaks of a distance transform, those joined between which there is no neck.

    Parameters
    ----------
    depth : float64 ndarray (height, width)
        Distance to the background; 0 there, and all along the border.
    order : int64 ndarray (n_pixels,)
        Flat positions of the foreground, deepest first.
    neck : float
        Two basins stay apart where the pixel at which they meet first is at most `neck` times as deep as the peak of
        the shallower one, and shallower by more than a pixel.

    Returns
    -------
    basins : int32 ndarray (height, width)
        0 is background; numbers from 1 in the order of their peaks.
    """
    height, width = depth.shape
    flat = depth.ravel()
    owners = np.full(height * width, -1, np.int32)
    parents = np.empty(len(order), np.int32)
    peaks = np.empty(len(order))
    n_basins = 0
    steps = np.array([-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1])
    for place in order:
        level = flat[place]
        best, owner = -1.0, -1
        for step in steps:
            if owners[place + step] >= 0 and flat[place + step] > best:
                best, owner = flat[place + step], _root(parents, owners[place + step])
        if owner < 0:
            parents[n_basins], peaks[n_basins] = n_basins, level
            owners[place] = n_basins
            n_basins += 1
            continue
        owners[place] = owner
        for step in steps:
            if owners[place + step] < 0:
                continue
            one, two = _root(parents, owners[place]), _root(parents, owners[place + step])
            lower = min(peaks[one], peaks[two])
            if one != two and (level > neck * lower or lower - level <= NOISE):
                first, second = min(one, two), max(one, two)  # basins come deepest first
                parents[second] = first
    numbers = np.zeros(n_basins, np.int32)
    count = 0
    for basin in range(n_basins):
        if parents[basin] == basin:
            count += 1
            numbers[basin] = count
    basins = np.zeros(height * width, np.int32)
    for place in order:
        basins[place] = numbers[_root(parents, owners[place])]
    return basins.reshape(height, width)
