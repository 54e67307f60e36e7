"""Features of superpixels from which a classifier of the user learns what is foreground."""

from typing import NamedTuple

import cv2
import numpy as np
from scipy.sparse import csr_array

from ..._numba import kernel
from ._backdrop import backdrop_distance, fit_backdrop
from .saliency._proposals import vote_among_cuts
from .saliency._saliency import foreground_log_odds, saliency_cues
from .saliency._superpixels import color_moments, shared_borders, slic

SCALES = (1, 2, 4, 8)  # pixels of the small image: colour, edges and texture are looked at in each
CONTEXT_RADII = (0.05, 0.1, 0.2, 0.35)  # longer image sides
N_DIRECTIONS = 8
CONTEXT_SIGMA = 4.0  # pixels
SAME_COLOR = 10.0  # Lab distance
NEARBY = 0.1  # longer image sides


class Superpixels(NamedTuple):
    """The superpixels of an image, and what is known of each.

    Attributes
    ----------
    lab : float32 ndarray (height, width, 3)
        CIE Lab of the small image.
    labels : int32 ndarray (height, width)
        0 ... n - 1.
    moments, edges, lengths, contrasts
        Of `featkit.preprocessing.foreground.saliency._superpixels`.
    features : float32 ndarray (n, n_features)
    """

    lab: np.ndarray
    labels: np.ndarray
    moments: np.ndarray
    edges: np.ndarray
    lengths: np.ndarray
    contrasts: np.ndarray
    features: np.ndarray

    @property
    def areas(self) -> np.ndarray:
        """Pixels of every superpixel."""
        return self.moments[:, 0]


@kernel
def _sums(planes, labels, n_labels):
    """Sums of every channel over the pixels of every superpixel."""
    height, width, n_channels = planes.shape
    sums = np.zeros((n_labels, n_channels))
    for i in range(height):
        for j in range(width):
            label = labels[i, j]
            for c in range(n_channels):
                sums[label, c] += planes[i, j, c]
    return sums


def means_of_superpixels(planes: np.ndarray, labels: np.ndarray, n_labels: int) -> np.ndarray:
    """Mean of every channel of an image (height, width, n_channels) over every superpixel; float64 (n, n_channels)."""
    sums = _sums(np.ascontiguousarray(planes, dtype=np.float32), labels, n_labels)
    return sums / np.bincount(labels.ravel(), minlength=n_labels)[:, np.newaxis]


def _filters(lab: np.ndarray) -> np.ndarray:
    """Colour, edges, curvature and texture in four scales: float32 (height, width, 36)."""
    height, width, _ = lab.shape
    result = np.empty((height, width, 9 * len(SCALES)), np.float32)
    for place, scale in enumerate(SCALES):
        size = max(1, width // scale), max(1, height // scale)
        reduced = lab if scale == 1 else cv2.resize(lab, size, interpolation=cv2.INTER_AREA)
        smooth = cv2.GaussianBlur(reduced, (5, 5), 1.0)
        light = np.ascontiguousarray(smooth[..., 0])
        down, right = _slope(light, 0), _slope(light, 1)
        twice_down, twice_right, mixed = _slope(down, 0), _slope(right, 1), _slope(down, 1)
        half_difference = np.hypot((twice_down - twice_right) / 2, mixed)
        products = cv2.GaussianBlur(np.stack([down * down, right * right, down * right], axis=2), (7, 7), 1.5)
        energy = products[..., 0] + products[..., 1]
        coherent = np.hypot(products[..., 0] - products[..., 1], 2 * products[..., 2])
        found = np.dstack(
            [
                smooth,
                np.sqrt(energy + coherent),
                np.sqrt(np.maximum(energy - coherent, 0)),
                (products[..., 0] - products[..., 1]) / (energy + 1),
                products[..., 2] / (energy + 1),
                (twice_down + twice_right) / 2 + half_difference,
                (twice_down + twice_right) / 2 - half_difference,
            ]
        )
        if scale > 1:
            found = cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR)
        result[..., 9 * place : 9 * place + 9] = found
    return result


def _slope(plane: np.ndarray, axis: int) -> np.ndarray:
    return cv2.Sobel(plane, cv2.CV_32F, 1 - (axis == 0), int(axis == 0), ksize=3, scale=1 / 8)


def _neighbor_weights(edges: np.ndarray, lengths: np.ndarray, n_labels: int) -> csr_array:
    """Rows that average over the neighbours of a superpixel, by the length of the border that they share."""
    tails = np.concatenate([edges[:, 0], edges[:, 1]])
    heads = np.concatenate([edges[:, 1], edges[:, 0]])
    weights = np.concatenate([lengths, lengths]).astype(np.float64)
    total = np.bincount(tails, weights, n_labels)
    return csr_array((weights / total[tails], (tails, heads)), shape=(n_labels, n_labels))


def describe_superpixels(lab: np.ndarray) -> Superpixels:
    """Cut a small image into superpixels and describe each by itself and beside its surroundings.

    Parameters
    ----------
    lab : float32 ndarray (height, width, 3)
        CIE Lab, L in [0, 100], about 200 pixels long.

    Returns
    -------
    superpixels : Superpixels
        Features: cues of what stands out from the border, and how the cuts of ``"auto"`` vote; colour, its spread and
        the position; colour, edges, Hessian and structure tensor in four scales; the same colours in the neighbours
        and the neighbours' neighbours, and how much they differ.
    """
    labels, n_labels = slic(lab)
    moments = color_moments(lab, labels, n_labels)
    edges, lengths, contrasts = shared_borders(lab, labels, n_labels)
    cues = saliency_cues(lab, labels, moments, edges)
    log_odds = foreground_log_odds(cues)
    graph = (moments, edges, lengths, contrasts)
    pixels = moments[:, :1]
    height, width = labels.shape
    colors = moments[:, 3:6] / pixels
    spreads = np.sqrt(np.maximum(moments[:, [6, 9, 11]] / pixels - colors**2, 0))
    positions = (moments[:, 1:3] / pixels + 0.5) / [height, width]
    average = _neighbor_weights(edges, lengths, n_labels)
    own = np.hstack([colors, spreads])
    around = average @ own
    outer = average @ around
    mean = (own * pixels).sum(axis=0) / pixels.sum()
    change = np.abs(colors[edges[:, 0]] - colors[edges[:, 1]]) if len(edges) else np.zeros((0, 3))
    to_neighbors = np.stack([_mean_over_borders(change[:, c], edges, lengths, n_labels) for c in range(3)], axis=1)
    backdrop = backdrop_distance(lab, fit_backdrop(lab)[0])
    features = np.hstack(
        [
            cues,
            log_odds[:, np.newaxis],
            vote_among_cuts(labels, graph, log_odds)[0][:, np.newaxis],
            own,
            positions,
            np.abs(positions[:, 1:] - 0.5),
            own - mean,
            means_of_superpixels(_filters(lab), labels, n_labels),
            around,
            own - around,
            own - outer,
            to_neighbors,
            means_of_superpixels(backdrop[..., np.newaxis], labels, n_labels),
        ]
    )
    return Superpixels(lab, labels, moments, edges, lengths, contrasts, features.astype(np.float32))


def _mean_over_borders(values: np.ndarray, edges: np.ndarray, lengths: np.ndarray, n_labels: int) -> np.ndarray:
    both = edges.T.ravel()
    sums = np.bincount(both, np.tile(values * lengths, 2), n_labels)
    return sums / np.maximum(np.bincount(both, np.tile(lengths, 2), n_labels), 1e-9)


def context_features(superpixels: Superpixels, probability: np.ndarray) -> np.ndarray:
    """What a first classifier says of a superpixel, of its surroundings and of superpixels of its colour.

    Parameters
    ----------
    superpixels : Superpixels
    probability : float64 ndarray (n,)
        Of one class, by the first classifier.

    Returns
    -------
    features : float32 ndarray (n, 37)

    References
    ----------
    Z. Tu, X. Bai, "Auto-context and its application to high-level vision tasks and 3D brain image segmentation", IEEE
    TPAMI 32(10), 2010, doi:10.1109/TPAMI.2009.186.
    """
    labels, moments, edges, lengths = superpixels.labels, superpixels.moments, superpixels.edges, superpixels.lengths
    height, width = labels.shape
    longer = max(height, width)
    average = _neighbor_weights(edges, lengths, len(moments))
    around = average @ probability
    rows, cols = moments[:, 1] / moments[:, 0], moments[:, 2] / moments[:, 0]
    smooth = cv2.GaussianBlur(probability.astype(np.float32)[labels], (0, 0), CONTEXT_SIGMA)
    features = [probability, around, average @ around]
    for radius in CONTEXT_RADII:
        for direction in range(N_DIRECTIONS):
            angle = 2 * np.pi * direction / N_DIRECTIONS
            row = np.clip(np.rint(rows + radius * longer * np.sin(angle)), 0, height - 1).astype(int)
            col = np.clip(np.rint(cols + radius * longer * np.cos(angle)), 0, width - 1).astype(int)
            features.append(smooth[row, col])
    colors = moments[:, 3:6] / moments[:, :1]
    positions = np.stack([rows, cols], axis=1) / longer
    alike = _alike(colors, positions, moments[:, 0], probability, SAME_COLOR, NEARBY)
    return np.column_stack([*features, alike]).astype(np.float32)


def with_context(superpixels: Superpixels, probability: np.ndarray) -> np.ndarray:
    """Features with the context of every class (of two, the second): float32 (n, n_columns), see `context_features`."""
    classes = range(1, 2) if probability.shape[1] == 2 else range(probability.shape[1])
    return np.hstack([superpixels.features, *(context_features(superpixels, probability[:, one]) for one in classes)])


@kernel
def _alike(colors, positions, areas, probability, same_color, nearby):
    """Mean probability of superpixels of the same colour, anywhere and near."""
    n = len(colors)
    result = np.empty((n, 2))
    for i in range(n):
        total, mass, near_total, near_mass = 0.0, 0.0, 0.0, 0.0
        for j in range(n):
            color = (
                (colors[i, 0] - colors[j, 0]) ** 2
                + (colors[i, 1] - colors[j, 1]) ** 2
                + (colors[i, 2] - colors[j, 2]) ** 2
            )
            place = (positions[i, 0] - positions[j, 0]) ** 2 + (positions[i, 1] - positions[j, 1]) ** 2
            weight = areas[j] * np.exp(-color / (2 * same_color * same_color))
            near = weight * np.exp(-place / (2 * nearby * nearby))
            total += weight * probability[j]
            mass += weight
            near_total += near * probability[j]
            near_mass += near
        result[i, 0] = total / mass
        result[i, 1] = near_total / near_mass
    return result
