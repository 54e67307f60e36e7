"""Prior of the foreground per superpixel: cheap cues of what stands out from the border, and their logistic weights.

The weights were fitted by tools/fit_saliency_weights.py; minimum barrier distances are left out on purpose, since
their authors claim a patent.
"""

import cv2
import numpy as np

from ...._numba import kernel
from ._manifold_ranking import manifold_ranking, stretched

CONNECTIVITY_SCALE = 7.0  # Lab distance at which two superpixels stop being one surface (Zhu et al.: 10 in all pixels)
IGNORED_STEP = 1.5  # Lab distance between neighbours that counts as no edge at all
COLOR_SCALE = 15.0  # Lab distance up to which colours count as similar when their spread is measured
LOCAL_SCALE = 0.25  # radius of the neighbourhood of local contrast, in longer image sides
SIDE_NOISE = 20.0  # variance added to the colours of a side strip, squared Lab units
DETAIL_SIGMA = 1.5  # pixels
DETAIL_WINDOW = 25  # pixels

CUE_WEIGHTS = {
    "background_connectivity": -0.8225,
    "local_contrast": -1.8950,
    "color_spread": -7.1557,
    "directional_contrast": -0.5601,
    "directional_contrast_absolute": 4.1685,
    "ranking_from_sides": 1.4792,
    "ranking_from_salient": 0.9302,
    "nearest_side_distance": 1.3778,
    "second_side_distance_log": 1.0041,
    "border_color_nearest": 0.7349,
    "border_color_quartile": -1.3379,
    "chroma_variation": -0.5563,
    "sharpness": 0.4570,
    "redness": 0.8885,
    "saturation": -0.7966,
    "horizontal_offset": -1.2682,
    "height_in_image": 1.6782,
    "border_contact": 0.2350,
    "edges_to_border": 0.5065,
}
INTERCEPT = 0.4910


@kernel
def _color_distances(colors):
    n = len(colors)
    distances = np.zeros((n, n))
    for i in range(n):
        for j in range(i):
            distances[i, j] = np.sqrt(
                (colors[i, 0] - colors[j, 0]) ** 2
                + (colors[i, 1] - colors[j, 1]) ** 2
                + (colors[i, 2] - colors[j, 2]) ** 2
            )
            distances[j, i] = distances[i, j]
    return distances


@kernel
def _path_costs(distances, edges, ignored, cutoff):
    """Cheapest way between superpixels (Floyd-Warshall), exact below `cutoff`; every step costs its colour change."""
    n = len(distances)
    costs = np.full((n, n), np.float32(1e9))
    for e in range(len(edges)):
        a, b = max(edges[e, 0], edges[e, 1]), min(edges[e, 0], edges[e, 1])
        costs[a, b] = max(distances[a, b] - ignored, 0)
    from_via = np.empty(n, np.float32)
    for via in range(n):  # below the diagonal, as there and back cost the same
        for i in range(n):
            from_via[i] = costs[via, i] if i < via else costs[i, via]
        from_via[via] = 0
        for i in range(n):
            first = from_via[i]
            if first < cutoff and i != via:
                known, more = costs[i, :i], from_via[:i]
                for j in range(i):
                    total = first + more[j]
                    known[j] = total if total < known[j] else known[j]
    for i in range(n):
        costs[i, i] = 0
        for j in range(i):
            costs[j, i] = costs[i, j]
    return costs


@kernel
def _border_connectivity(costs, areas, contacts, scale):
    """Length along the border over the root of the area, both of the surface that a superpixel belongs to."""
    n = len(costs)
    connectivity = np.empty(n)
    for i in range(n):
        area, contact = 0.0, 0.0
        for j in range(n):
            if costs[i, j] < 4 * scale:
                same = np.exp(-(costs[i, j] ** 2) / (2 * scale * scale))
                area += same * areas[j]
                contact += same * contacts[j]
        connectivity[i] = contact / np.sqrt(area)
    return connectivity


@kernel
def _pair_cues(distances, positions, areas, color_scale, local_scale):
    """Local contrast, spread of similar colours and least contrast over the four quadrants, per superpixel."""
    n = len(distances)
    result = np.empty((n, 3))
    similar = np.empty((n, n))
    near = np.empty((n, n))
    for i in range(n):
        for j in range(i + 1):
            d_row, d_col = positions[i, 0] - positions[j, 0], positions[i, 1] - positions[j, 1]
            similar[i, j] = similar[j, i] = np.exp(-(distances[i, j] ** 2) / (2 * color_scale * color_scale))
            near[i, j] = near[j, i] = np.exp(-(d_row * d_row + d_col * d_col) / (2 * local_scale * local_scale))
    for i in range(n):
        local, local_total = 0.0, 0.0
        mass, row, col, squares = 0.0, 0.0, 0.0, 0.0
        above_left, above_right, below_left, below_right = 0.0, 0.0, 0.0, 0.0
        for j in range(n):
            y, x = positions[j, 0], positions[j, 1]
            weight = near[i, j] * areas[j]
            local += weight * distances[i, j]
            local_total += weight
            weight = similar[i, j] * areas[j]
            mass += weight
            row += weight * y
            col += weight * x
            squares += weight * (y * y + x * x)
            contrast = distances[i, j] ** 2 * areas[j]
            above, left = y < positions[i, 0], x < positions[i, 1]
            above_left += contrast if above & left else 0.0  # adding 0 costs less than a wrong guess
            above_right += contrast if above & ~left else 0.0
            below_left += contrast if left & ~above else 0.0
            below_right += 0.0 if above | left else contrast
        result[i, 0] = local / local_total
        result[i, 1] = np.sqrt(max(squares / mass - (row / mass) ** 2 - (col / mass) ** 2, 0.0))
        result[i, 2] = np.sqrt(min(min(above_left, above_right), min(below_left, below_right)))
    return result


def _side_distances(moments: np.ndarray, colors: np.ndarray, contacts: np.ndarray) -> np.ndarray:
    """Mahalanobis distances to the colours of the four sides, ascending (4, n)."""
    distances = np.empty((4, len(colors)))
    for side in range(4):
        total = moments[contacts[side] > 0].sum(axis=0) / moments[contacts[side] > 0, 0].sum()
        mean = total[3:6]
        covariance = total[[6, 7, 8, 7, 9, 10, 8, 10, 11]].reshape(3, 3) - np.outer(mean, mean)
        offsets = colors - mean
        inverse = np.linalg.inv(covariance + SIDE_NOISE * np.eye(3))
        distances[side] = np.sqrt(((offsets @ inverse) * offsets).sum(axis=1))
    return np.sort(distances, axis=0)


def _sharpness(light: np.ndarray, labels: np.ndarray, areas: np.ndarray) -> np.ndarray:
    """Fine detail around every superpixel over that of the whole image: what is in focus is above 1."""
    detail = np.abs(light - cv2.GaussianBlur(light, (0, 0), DETAIL_SIGMA))
    around = cv2.blur(detail, (DETAIL_WINDOW, DETAIL_WINDOW))
    mean = np.bincount(labels.ravel(), around.ravel(), len(areas)) / areas
    return mean / (mean.mean() + 1e-6)


def border_contacts(labels: np.ndarray, n_labels: int) -> np.ndarray:
    """Pixels of every superpixel on the top, bottom, left and right side: int (4, n_labels)."""
    sides = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    return np.stack([np.bincount(side, minlength=n_labels) for side in sides])


def saliency_cues(lab: np.ndarray, labels: np.ndarray, moments: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Cues of the foreground, one row per superpixel and one column per name in `CUE_WEIGHTS`.

    Parameters
    ----------
    lab : float32 ndarray (height, width, 3)
        CIE Lab, L in [0, 100].
    labels : int32 ndarray (height, width)
        Superpixels 0 ... n - 1.
    moments : float64 ndarray (n, 12)
        Of `featkit.preprocessing.foreground.saliency._superpixels.color_moments`.
    edges : int32 ndarray (n_edges, 2)
        Neighbours.

    Returns
    -------
    cues : float64 ndarray (n, 19)

    References
    ----------
    W. Zhu, S. Liang, Y. Wei, J. Sun, "Saliency optimization from robust background detection", CVPR 2014,
    doi:10.1109/CVPR.2014.360 (boundary connectivity); C. Yang et al., CVPR 2013 (ranking);
    X. Huang, Y.-J. Zhang, "300-FPS salient object detection via minimum directional contrast", IEEE TIP 26(9), 2017,
    doi:10.1109/TIP.2017.2710636; F. Perazzi et al., "Saliency filters", CVPR 2012, doi:10.1109/CVPR.2012.6247743
    (spread of similar colours).
    """
    height, width = labels.shape
    longer = max(height, width)
    n = len(moments)
    pixels = moments[:, 0]
    areas = pixels / pixels.sum()
    colors = moments[:, 3:6] / pixels[:, np.newaxis]
    rows = moments[:, 1] / pixels - (height - 1) / 2
    cols = moments[:, 2] / pixels - (width - 1) / 2
    contacts = border_contacts(labels, n)
    contact = contacts.sum(axis=0)
    on_border = np.flatnonzero(contact)

    distances = _color_distances(colors)
    costs = _path_costs(distances, edges, IGNORED_STEP, 4 * CONNECTIVITY_SCALE)
    connectivity = _border_connectivity(costs, areas, contact / longer, CONNECTIVITY_SCALE)
    positions = np.stack([rows, cols], axis=1) / longer
    local, spread, directional = _pair_cues(distances, positions, areas, COLOR_SCALE, LOCAL_SCALE).T
    from_sides, from_salient = manifold_ranking(distances, edges, contacts)
    sides = _side_distances(moments, colors, contacts)
    nearest, quartile = min(2, len(on_border) - 1), len(on_border) // 4
    to_border = np.sort(distances[:, on_border], axis=1)  # faster than a partition at two places
    variances = moments[:, [9, 11]] / pixels[:, np.newaxis] - colors[:, 1:] ** 2
    return np.stack(
        [
            1 - np.exp(-(connectivity**2) / 2),
            local / 50,
            spread,
            stretched(directional),
            directional / 30,
            from_sides,
            from_salient,
            sides[0] / 3,
            np.log(sides[1] + 0.3),
            to_border[:, nearest] / 30,
            to_border[:, quartile] / 30,
            np.sqrt(np.maximum(variances.sum(axis=1), 0)) / 10,
            _sharpness(lab[..., 0], labels, pixels),
            colors[:, 1] / 30,
            np.hypot(colors[:, 1], colors[:, 2]) / 30,
            np.abs(cols) / width * 2,
            rows / longer,
            contact / np.sqrt(pixels),
            np.minimum(costs[:, on_border].min(axis=1), 4 * CONNECTIVITY_SCALE) / 20,
        ],
        axis=1,
    )


def foreground_log_odds(cues: np.ndarray) -> np.ndarray:
    """Logit of the prior probability that a superpixel is foreground, from its cues; float64 (n,)."""
    return cues @ np.array(list(CUE_WEIGHTS.values())) + INTERCEPT
