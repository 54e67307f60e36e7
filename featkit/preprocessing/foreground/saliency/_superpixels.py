"""Superpixels: small regions of one colour that follow the edges of the image, and the graph of their borders."""

import numpy as np

from ...._numba import kernel

N_ROUNDS = 4
SMALLEST_STEP = 3.0  # pixels: smaller superpixels would be no regions


@kernel
def _assign(lab, centers, spatial_weight, reach, labels, distances):
    _, height, width = lab.shape
    distances[:] = np.inf
    distances_beside = np.empty(width, np.float32)
    for k in range(len(centers)):
        row, col, light, red, yellow = centers[k]
        first, end = max(0, int(col - reach)), min(width, int(col + reach) + 1)
        label = np.int32(k)
        # whole eights of columns, those out of reach at no finite distance, and views that begin at 0: vectors
        begin, stop = first // 8 * 8, min(width, (end + 7) // 8 * 8)
        beside = distances_beside[begin:stop]
        for j in range(len(beside)):
            d_col = np.float32(np.int32(begin) + np.int32(j)) - col
            beside[j] = spatial_weight * d_col * d_col if first <= begin + j < end else np.float32(np.inf)
        for i in range(max(0, int(row - reach)), min(height, int(row + reach) + 1)):
            d_row = np.float32(i) - row
            row_part = spatial_weight * d_row * d_row
            lights, reds, yellows = lab[0, i, begin:stop], lab[1, i, begin:stop], lab[2, i, begin:stop]
            least, own = distances[i, begin:stop], labels[i, begin:stop]
            for j in range(len(least)):
                d_light = lights[j] - light
                d_red = reds[j] - red
                d_yellow = yellows[j] - yellow
                distance = row_part + beside[j]
                distance += d_light * d_light + d_red * d_red + d_yellow * d_yellow
                before = least[j]
                own[j] = label if distance < before else own[j]
                least[j] = distance if distance < before else before


@kernel
def _move_centers(lab, labels, centers):
    height, width, _ = lab.shape
    sums = np.zeros((len(centers), 6))
    for i in range(height):
        j = 0
        while j < width:  # a run of one label keeps its sums in registers
            label, first, cols = labels[i, j], j, 0
            cell = sums[label]
            light, red, yellow = cell[2], cell[3], cell[4]
            while j < width and labels[i, j] == label:
                cols += j
                light += lab[i, j, 0]
                red += lab[i, j, 1]
                yellow += lab[i, j, 2]
                j += 1
            cell[0] += i * (j - first)
            cell[1] += cols
            cell[2], cell[3], cell[4] = light, red, yellow
            cell[5] += j - first
    for k in range(len(centers)):
        if sums[k, 5] > 0:
            for c in range(5):
                centers[k, c] = sums[k, c] / sums[k, 5]


@kernel
def _connected(labels, min_size):
    """Number the 4-connected pieces anew; pieces below `min_size` join the piece met before them."""
    height, width = labels.shape
    stride = width + 2  # a frame of -1 spares asking for the border
    framed = np.full((height + 2, stride), -1, np.int32)
    for i in range(height):
        for j in range(width):
            framed[i + 1, j + 1] = labels[i, j]
    result = np.full((height + 2, stride), -1, np.int32)
    old, new = framed.ravel(), result.ravel()
    stack = np.empty(height * width, np.int32)
    n_labels = 0
    for i in range(1, height + 1):
        for start in range(i * stride + 1, i * stride + 1 + width):
            label = old[start]
            if label < 0:  # numbered already
                continue
            neighbor = new[start - 1] if new[start - 1] >= 0 else new[start - stride]
            old[start] = -1
            new[start] = n_labels
            stack[0] = start
            size = 1
            done = 0
            while done < size:
                for step in (-stride, -1, 1, stride):
                    place = stack[done] + step
                    if old[place] == label:
                        old[place] = -1
                        new[place] = n_labels
                        stack[size] = place
                        size += 1
                done += 1
            if size < min_size and neighbor >= 0:
                for m in range(size):
                    new[stack[m]] = neighbor
            else:
                n_labels += 1
    return result[1:-1, 1:-1].copy(), n_labels


@kernel
def _slic(lab, n_rows, n_cols, compactness, n_rounds):
    height, width, _ = lab.shape
    step = max(height / n_rows, width / n_cols)
    centers = np.empty((n_rows * n_cols, 5), np.float32)
    labels = np.empty((height, width), np.int32)
    for i in range(height):
        for j in range(width):
            labels[i, j] = (i * n_rows // height) * n_cols + j * n_cols // width
    distances = np.empty((height, width), np.float32)
    spatial_weight = np.float32((compactness / step) ** 2)
    planes = np.empty((3, height, width), np.float32)  # one array per channel lets the compiler use vectors
    for i in range(height):
        for j in range(width):
            for c in range(3):
                planes[c, i, j] = lab[i, j, c]
    for _ in range(n_rounds):
        _move_centers(lab, labels, centers)
        _assign(planes, centers, spatial_weight, step, labels, distances)
    return _connected(labels, height * width / (4 * len(centers)))


@kernel
def _moments(lab, labels, n_labels):
    sums = np.zeros((n_labels, 12))
    height, width = labels.shape
    for i in range(height):
        for j in range(width):
            cell = sums[labels[i, j]]
            light, red, yellow = lab[i, j, 0], lab[i, j, 1], lab[i, j, 2]
            cell[0] += 1
            cell[1] += i
            cell[2] += j
            cell[3] += light
            cell[4] += red
            cell[5] += yellow
            cell[6] += light * light
            cell[7] += light * red
            cell[8] += light * yellow
            cell[9] += red * red
            cell[10] += red * yellow
            cell[11] += yellow * yellow
    return sums


@kernel
def _borders(lab, labels, n_labels):
    height, width = labels.shape
    lengths = np.zeros((n_labels, n_labels), np.float32)
    contrasts = np.zeros((n_labels, n_labels), np.float32)
    for i in range(height):
        for j in range(width):
            own = labels[i, j]
            for step in range(2):
                row, col = i + step, j + 1 - step
                if row == height or col == width:
                    continue
                other = labels[row, col]
                if own == other:
                    continue
                low, high = min(own, other), max(own, other)
                lengths[low, high] += 1
                d_light = lab[i, j, 0] - lab[row, col, 0]
                d_red = lab[i, j, 1] - lab[row, col, 1]
                d_yellow = lab[i, j, 2] - lab[row, col, 2]
                contrasts[low, high] += d_light * d_light + d_red * d_red + d_yellow * d_yellow
    n_edges = 0
    for a in range(n_labels):
        for b in range(a + 1, n_labels):
            n_edges += lengths[a, b] > 0
    edges = np.empty((n_edges, 2), np.int32)
    edge_lengths = np.empty(n_edges, np.float32)
    edge_contrasts = np.empty(n_edges, np.float32)
    n_edges = 0
    for a in range(n_labels):
        for b in range(a + 1, n_labels):
            if lengths[a, b] > 0:
                edges[n_edges, 0], edges[n_edges, 1] = a, b
                edge_lengths[n_edges] = lengths[a, b]
                edge_contrasts[n_edges] = contrasts[a, b] / lengths[a, b]
                n_edges += 1
    return edges, edge_lengths, edge_contrasts


def slic(lab: np.ndarray, n_segments: int = 300, compactness: float = 15.0) -> tuple[np.ndarray, int]:
    """Cut an image into superpixels of about equal size (simple linear iterative clustering).

    Parameters
    ----------
    lab : float32 ndarray (height, width, 3)
        CIE Lab, L in [0, 100].
    n_segments : int, default=300
        Superpixels aimed at; fewer in a small image, where each still covers about 3 x 3 pixels.
    compactness : float, default=15
        Lab distance that weighs as much as one grid step in space.

    Returns
    -------
    labels : int32 ndarray (height, width)
        0 ... n - 1, each connected over 4 neighbours (but for specks joined to a neighbour).
    n_labels : int

    References
    ----------
    R. Achanta et al., "SLIC superpixels compared to state-of-the-art superpixel methods", IEEE TPAMI 34(11), 2012,
    doi:10.1109/TPAMI.2012.120.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.preprocessing.foreground.saliency._superpixels import slic
    >>> lab = np.zeros((40, 60, 3), dtype=np.float32)
    >>> lab[:, 33:, 0] = 100
    >>> labels, n_labels = slic(lab, n_segments=6)
    >>> bool(set(labels[:, :33].flat) & set(labels[:, 33:].flat))
    False
    """
    height, width, _ = lab.shape
    step = max(np.sqrt(height * width / n_segments), SMALLEST_STEP)
    return _slic(lab, max(1, round(height / step)), max(1, round(width / step)), compactness, N_ROUNDS)


def color_moments(lab: np.ndarray, labels: np.ndarray, n_labels: int) -> np.ndarray:
    """Sums over the pixels of every superpixel.

    Parameters
    ----------
    lab : float32 ndarray (height, width, 3)
    labels : int32 ndarray (height, width)
    n_labels : int

    Returns
    -------
    moments : float64 ndarray (n_labels, 12)
        Count, then the sums of row, col, L, a, b, LL, La, Lb, aa, ab, bb.
    """
    return _moments(lab, labels, n_labels)


def shared_borders(lab: np.ndarray, labels: np.ndarray, n_labels: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of superpixels that touch (4 neighbours).

    Parameters
    ----------
    lab : float32 ndarray (height, width, 3)
    labels : int32 ndarray (height, width)
    n_labels : int

    Returns
    -------
    edges : int32 ndarray (n_edges, 2)
        The pairs, lower number first, in ascending order.
    lengths : float32 ndarray (n_edges,)
        Pixel steps across the border of the pair.
    contrasts : float32 ndarray (n_edges,)
        Mean squared colour difference over these steps.
    """
    return _borders(lab, labels, n_labels)
