"""Foreground of an image without box or clicks: several cuts from one prior, weighted by the overlap expected of them.

The weights were fitted by tools/fit_saliency_weights.py.
"""

import numpy as np

from ...._numba import kernel
from ....image.masks._component_runs import join_trees
from ._graphcut import border_capacities, grab_cuts
from ._saliency import border_contacts, foreground_log_odds, saliency_cues
from ._superpixels import color_moments, shared_borders, slic

LARGEST_LOG_ODDS = 6.0
STARTS = (  # what is added to the prior's log-odds, and the probability above which a superpixel starts inside
    (-1, 0.2),
    (-1, 0.6),
    (0, 0.2),
    (0, 0.5),
    (1, 0.3),
    (1, 0.6),
    (2, 0.3),
    (2, 0.6),
    (3, 0.4),
    (3, 0.7),
    (4, 0.6),
)
VOTE_TEMPERATURE = 0.06  # expected overlap that makes a proposal e times as weighty

OVERLAP_WEIGHTS = {
    "area": -0.3048,
    "log_area": 0.0806,
    "border": -0.1939,
    "unity": 0.2859,
    "prior": 0.0178,
    "agreement": 0.7205,
}
OVERLAP_INTERCEPT = 0.0395


@kernel
def _largest_part(inside, edges, areas):
    """Area of the largest connected part of the object."""
    n = len(inside)
    root = np.arange(n)
    for e in range(len(edges)):
        if inside[edges[e, 0]] and inside[edges[e, 1]]:
            join_trees(root, edges[e, 0], edges[e, 1])
    parts = np.zeros(n)
    for i in range(n):
        if inside[i]:
            top = i
            while root[top] != top:
                top = root[top]
            parts[top] += areas[i]
    return parts.max()


def cut_proposals(
    moments: np.ndarray, edges: np.ndarray, lengths: np.ndarray, contrasts: np.ndarray, log_odds: np.ndarray
) -> np.ndarray:
    """Cut the object out once per entry of `STARTS`.

    Parameters
    ----------
    moments, edges, lengths, contrasts
        Of `featkit.preprocessing.foreground.saliency._superpixels`.
    log_odds : float64 ndarray (n,)
        Prior of the foreground.

    Returns
    -------
    proposals : bool ndarray (n_starts, n)
    """
    prior = np.clip(log_odds, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)
    biases, probabilities = np.array(STARTS).T[..., np.newaxis]
    thresholds = np.minimum(np.log(probabilities / (1 - probabilities)), prior.max() - 1e-9)
    return grab_cuts(moments, edges, border_capacities(lengths, contrasts), prior + biases, prior > thresholds)


def overlap_cues(
    proposals: np.ndarray, areas: np.ndarray, edges: np.ndarray, contact: np.ndarray, log_odds: np.ndarray
) -> np.ndarray:
    """What tells good proposals from bad ones, one column per name in `OVERLAP_WEIGHTS`.

    Parameters
    ----------
    proposals : bool ndarray (n_proposals, n)
    areas : float64 ndarray (n,)
        Shares of the image.
    edges : int32 ndarray (n_edges, 2)
    contact : ndarray (n,)
        Pixels of each superpixel on the border.
    log_odds : float64 ndarray (n,)
        Prior of the foreground.

    Returns
    -------
    cues : float64 ndarray (n_proposals, 6)
        Zeros for a proposal that is empty or everything.
    """
    weights = proposals * areas
    area = weights.sum(axis=1)
    sound = np.flatnonzero(proposals.any(axis=1) & ~proposals.all(axis=1))
    cues = np.zeros((len(proposals), len(OVERLAP_WEIGHTS)))
    common = weights @ proposals.T
    overlaps = common / np.maximum(area[:, np.newaxis] + area - common, 1e-12)
    inside = weights[sound] / area[sound, np.newaxis]
    cues[sound, 0] = area[sound]
    cues[sound, 1] = np.log(area[sound])
    cues[sound, 2] = np.sqrt(proposals[sound] @ contact / contact.sum())
    cues[sound, 3] = [_largest_part(proposals[k], edges, areas) / area[k] for k in sound]
    cues[sound, 4] = inside @ np.clip(log_odds, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)
    cues[sound, 5] = overlaps[sound].mean(axis=1)
    return cues


def expected_overlaps(cues: np.ndarray) -> np.ndarray:
    """Intersection over union to be expected of each proposal, in [0, 1]; 0 for one without cues."""
    overlaps = cues @ np.array(list(OVERLAP_WEIGHTS.values())) + OVERLAP_INTERCEPT
    return np.where(cues.any(axis=1), np.clip(overlaps, 0.01, 1), 0.0)


def foreground_prior(
    lab: np.ndarray,
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """Superpixels of a small image, their graph and their prior.

    Parameters
    ----------
    lab : float32 ndarray (height, width, 3)

    Returns
    -------
    labels : int32 ndarray (height, width)
    graph : tuple
        Moments, edges, lengths and contrasts of `featkit.preprocessing.foreground.saliency._superpixels`.
    log_odds : float64 ndarray (n,)
        Of being foreground.
    """
    labels, n_labels = slic(lab)
    moments = color_moments(lab, labels, n_labels)
    edges, lengths, contrasts = shared_borders(lab, labels, n_labels)
    log_odds = foreground_log_odds(saliency_cues(lab, labels, moments, edges))
    return labels, (moments, edges, lengths, contrasts), log_odds


def vote_among_cuts(
    labels: np.ndarray, graph: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], log_odds: np.ndarray
) -> tuple[np.ndarray, float]:
    """Cut the object out in eleven ways and let them vote.

    Parameters
    ----------
    labels, graph, log_odds
        Of `foreground_prior`.

    Returns
    -------
    share : float64 ndarray (n,)
        Fraction of the vote for every superpixel; zeros where no cut found an object.
    expected_overlap : float
        Intersection over union to be expected of the best proposal, in [0, 1].
    """
    moments, edges, _, _ = graph
    proposals = cut_proposals(*graph, log_odds)
    contact = border_contacts(labels, len(moments)).sum(axis=0)
    areas = moments[:, 0] / moments[:, 0].sum()
    overlaps = expected_overlaps(overlap_cues(proposals, areas, edges, contact, log_odds))
    best = overlaps.max()
    if best == 0:
        return np.zeros(len(moments)), 0.0
    votes = np.where(overlaps > 0, np.exp((overlaps - best) / VOTE_TEMPERATURE), 0)
    return (votes / votes.sum()) @ proposals, float(best)


def vote_for_foreground(lab: np.ndarray) -> tuple[np.ndarray, float]:
    """Foreground of a small image.

    Parameters
    ----------
    lab : float32 ndarray (height, width, 3)
        CIE Lab, L in [0, 100], about 200 pixels long.

    Returns
    -------
    foreground : float32 ndarray (height, width)
        Fraction of the vote in [0, 1]; zeros where no cut found an object.
    expected_overlap : float
        Intersection over union to be expected of the best proposal, in [0, 1].
    """
    labels, graph, log_odds = foreground_prior(lab)
    share, expected_overlap = vote_among_cuts(labels, graph, log_odds)
    return share.astype(np.float32)[labels], expected_overlap
