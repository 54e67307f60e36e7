"""Whole objects on an even surface, described by size, shape and colour for a classifier of the user.

The weights of what looks like a coin were fitted by tools/fit_coin_weights.py.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import cv2
import numpy as np
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ...image.checks import Image
from ...image.conversions import to_rgb, to_uint8
from ...image.masks.components import label_components
from ._paper import paper_mask

RING = 3  # pixels around an object in which the colour of the surface is looked at
N_FEATURES = 32
LEAST_SPREAD = 0.01  # of the radius of an outline, as that of a circle drawn in pixels
SPREAD_OF_CIRCLE = 0.03  # of a circle that is seen a little from the side
LEAST_RESIDUAL = 0.1  # pixels
RESIDUAL_OF_ELLIPSE = 0.4  # pixels from its ellipse up to which a drawn outline is one
FLATTENING = 0.1  # 1 less the ratio of the axes of a circle that is seen from the side
LEAST_OUTLINED = 20.0  # square pixels within an outline that tell its shape
LARGEST_LOG_ODDS = 6.0
LEAST_COIN = 60  # pixels: what is smaller is too small for a relief, and in itself as round as any disk
FEATURES_TO_SPLIT = 0.15  # fraction that a split of the boosting may choose from
WEIGHTS_OF_MODELS = (1.0, 1.0, 3.0)
FEW_FEATURES = [1, 31]  # logarithm of the area, log-odds of a coin

COIN_WEIGHTS = {
    "tilted_circle": 4.2114,
    "residual_log": 3.2188,
    "elongation": -0.8502,
    "relief_log": 4.0537,
    "relief_of_light_log": 1.2672,
    "chroma_log": -11.8680,
    "spread_of_light_log": -8.1230,
    "rim_less_core": -2.0754,
    "spread_of_radius_log": -4.2219,
}
COIN_INTERCEPT = 10.0364

Outline: TypeAlias = tuple[int, np.ndarray]


class PaperObjects(NamedTuple):
    """What lies on the surface that an image shows, and what is known of it.

    Attributes
    ----------
    labels : int32 ndarray (height, width)
        0 is everything else; 1 ... n the objects.
    features : float32 ndarray (n, 32)
    """

    labels: np.ndarray
    features: np.ndarray


def describe_paper_objects(image: Image, lab: np.ndarray) -> PaperObjects:
    """Cut out what lies on an even surface, to the pixel, and describe each object.

    Parameters
    ----------
    image : ndarray (height, width[, 3])
        Gray or RGB.
    lab : float32 ndarray (height, width, 3)
        The same image in CIE Lab.

    Returns
    -------
    objects : PaperObjects
        The components of `paper_mask`. Features: area and its logarithm, thickness, elongation, length and likeness to
        an ellipse; mean and spread of the colour, and how it differs from the surface around; chroma and hue; how much
        of the object is on the border of the image; light and its slopes in rim and core; how far the outline is
        from a circle and from an ellipse; likeness to a coin and its log-odds.
    """
    labels, areas = label_components(paper_mask(to_uint8(to_rgb(image))))
    if not len(areas):
        return PaperObjects(labels, np.zeros((0, N_FEATURES), np.float32))
    on_object = labels > 0
    depth = cv2.distanceTransform(on_object.view(np.uint8), cv2.DIST_L2, 3)
    shape, deepest = _shapes(labels, areas.astype(np.float64), depth)
    color, spread = _colors(lab[on_object], labels[on_object], len(areas))
    window = np.ones((2 * RING + 1, 2 * RING + 1), np.uint8)
    around = cv2.dilate(labels.astype(np.float32), window).astype(np.int32)  # of two objects the later one
    around[on_object] = 0
    is_ring = around > 0
    surface, _ = _colors(lab[is_ring], around[is_ring], len(areas))
    chroma = np.hypot(color[:, 1], color[:, 2])
    sides = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    on_border = np.bincount(sides, minlength=len(areas) + 1)[1:] / np.sqrt(areas)
    hue = color[:, 1:] / (chroma[:, np.newaxis] + 1)
    inner = _inner(lab, labels, depth, deepest)
    outlines = _outlines(labels)
    features = np.column_stack(
        [
            *shape,
            color,
            spread,
            surface,
            color - surface,
            chroma,
            hue,
            on_border,
            inner,
            *_roundness(outlines, len(areas)),
            *_ellipticity(outlines, areas, shape[4]),
        ]
    )
    log_odds = coin_cues(features) @ np.array(list(COIN_WEIGHTS.values())) + COIN_INTERCEPT
    log_odds = np.clip(np.where(areas < LEAST_COIN, -np.inf, log_odds), -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)
    features = np.column_stack([features, 1 / (1 + np.exp(-log_odds)), log_odds])
    return PaperObjects(labels, features.astype(np.float32))


def coin_cues(features: np.ndarray) -> np.ndarray:
    """What tells coins from leaves, one column per name in `COIN_WEIGHTS`: a disk of metal with a relief.

    Three sheets show three coins, but not all metals: what coins have in common is known beforehand.

    Parameters
    ----------
    features : ndarray (n, 30) or more
        Of `describe_paper_objects`.

    Returns
    -------
    cues : float64 ndarray (n, 9)
    """
    columns = features[:, [4, 7, 10, 19, 23, 25, 26, 28, 29]].astype(np.float64)
    elongation, light, spread, chroma, rim_less_core, relief, spread_of_radius, residual, circle = columns.T
    return np.stack(
        [
            circle,
            residual,
            elongation,
            np.log(relief + 0.1),
            np.log(relief / (light + 5) + 0.01),
            np.log(chroma + 2),
            np.log(spread / (light + 5) + 0.01),
            rim_less_core,
            spread_of_radius,
        ],
        axis=1,
    )


def _shapes(labels: np.ndarray, areas: np.ndarray, depth: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Area, its logarithm, thickness (absolute and relative), elongation, length, likeness to an ellipse; the depth."""
    n, longer = len(areas) + 1, max(labels.shape)
    rows, cols = np.nonzero(labels)
    which = labels[rows, cols]
    thickness = np.zeros(n)
    np.maximum.at(thickness, which, depth[rows, cols])
    mean_row, mean_col = (np.bincount(which, values, n)[1:] / areas for values in (rows, cols))
    down, right = rows - mean_row[which - 1], cols - mean_col[which - 1]
    var_row, var_col, mixed = (
        np.bincount(which, values, n)[1:] / areas for values in (down * down, right * right, down * right)
    )
    half, root = (var_row + var_col) / 2 + 1 / 12, np.hypot((var_row - var_col) / 2, mixed)
    major, minor = np.sqrt(half + root), np.sqrt(np.maximum(half - root, 1 / 12))
    return [
        areas / labels.size,
        np.log(areas / labels.size),
        thickness[1:] / longer,
        thickness[1:] / np.sqrt(areas),
        minor / major,
        major / longer,
        areas / (4 * np.pi * major * minor),
    ], thickness


def _outlines(labels: np.ndarray) -> list[Outline]:
    """Place of the object and points (n, 1, 2), (x, y), of every outline that is not that of a hole."""
    on_object = (labels > 0).view(np.uint8)
    found, levels = cv2.findContours(on_object, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    return [
        (labels[outline[0, 0, 1], outline[0, 0, 0]] - 1, outline)
        for outline, (_, _, _, around) in zip(found, levels[0])
        if around < 0
    ]


def _roundness(outlines: list[Outline], n_objects: int) -> list[np.ndarray]:
    """Logarithm of the spread of the radius of each outline over its mean, and whether that is a circle's, from 0 to 1.

    Three coins do not show all metals; that coins are circles and hardly a leaf is, they do.
    """
    spread = np.ones(n_objects)
    for place, outline in outlines:
        points = outline[:, 0].astype(np.float64)
        radius = np.hypot(*(points - points.mean(axis=0)).T)
        spread[place] = radius.std() / max(radius.mean(), 0.5)
    return [np.log(spread + LEAST_SPREAD), 1 / (1 + (spread / SPREAD_OF_CIRCLE) ** 6)]


def _ellipticity(outlines: list[Outline], areas: np.ndarray, elongation: np.ndarray) -> list[np.ndarray]:
    """Logarithm of the distance of each outline from its ellipse in pixels, and whether that is a circle seen askew.

    The ellipse is that of the same second moments; in its unit, radii of the outline spread by the distance.
    """
    spread = np.ones(len(areas))
    for place, outline in outlines:
        moments = cv2.moments(outline)
        if moments["m00"] < LEAST_OUTLINED:
            continue
        mixed = moments["mu11"]
        covariance = np.array([[moments["mu20"], mixed], [mixed, moments["mu02"]]]) / moments["m00"]
        middle = np.array([moments["m10"], moments["m01"]]) / moments["m00"]
        axes, turn = np.linalg.eigh(covariance)
        radius = np.hypot(*((outline[:, 0] - middle) @ turn / np.sqrt(np.maximum(axes, 1 / 12))).T)
        spread[place] = radius.std() / radius.mean()
    residual = spread * np.sqrt(areas / np.pi)
    askew = (1 - elongation) / FLATTENING
    return [
        np.log(residual + LEAST_RESIDUAL),
        1 / (1 + (residual / RESIDUAL_OF_ELLIPSE) ** 6) / (1 + askew**6),
    ]


def _inner(lab: np.ndarray, labels: np.ndarray, depth: np.ndarray, deepest: np.ndarray) -> np.ndarray:
    """Light of the rim less that of the core, and slopes of light in the rim and in the core: (n, 3)."""
    light = np.ascontiguousarray(lab[..., 0])
    slope = np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(light, cv2.CV_32F, 0, 1, scale=1 / 8))
    relative = depth / np.maximum(deepest, 1)[labels]
    values = np.stack([light, slope, slope], axis=2)
    is_core, is_rim = (labels > 0) & (relative > 0.5), (labels > 0) & (depth > 2) & (relative <= 0.5)
    core, rim = (_colors(values[one], labels[one], len(deepest) - 1)[0] for one in (is_core, is_rim))
    known = rim[:, 0] > 0
    return np.stack([np.where(known, rim[:, 0] - core[:, 0], 0), rim[:, 1], core[:, 1]], axis=1)


def _colors(lab: np.ndarray, which: np.ndarray, n_objects: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of the colour of each object: (n, 3) and (n, 3), 0 where it has no pixels."""
    counts = np.maximum(np.bincount(which, minlength=n_objects + 1)[1:], 1)
    planes = [lab[:, c].astype(np.float64) for c in range(3)]
    mean = np.stack([np.bincount(which, plane, n_objects + 1)[1:] / counts for plane in planes], axis=1)
    square = np.stack([np.bincount(which, plane * plane, n_objects + 1)[1:] / counts for plane in planes], axis=1)
    return mean, np.sqrt(np.maximum(square - mean**2, 0))


def cover_of_objects(labels: np.ndarray, classes: np.ndarray, objects: PaperObjects) -> np.ndarray:
    """Known pixels of each class in what is no object (the first row) and in every object.

    Parameters
    ----------
    labels : int32 ndarray (height, width)
        Of a mask to learn from; -1 is unknown.
    classes : int ndarray (n_classes,)
    objects : PaperObjects

    Returns
    -------
    cover : float64 ndarray (1 + n, n_classes)
    """
    n = len(objects.features) + 1
    counts = [np.bincount(objects.labels[labels == one], minlength=n) for one in classes]
    return np.stack(counts, axis=1).astype(np.float64)


def models_of_objects(boosting: Any) -> list[Any]:
    """Classifiers for `places_of_objects`, where some dozens of objects are all there is.

    A linear one and `boosting` see all features. A third sees size and likeness to a coin alone, each class
    weighing the same: three coins among fifty leaves do not tell more.
    """
    linear = make_pipeline(StandardScaler(), LogisticRegression(C=10, max_iter=1000))
    few = make_pipeline(
        ColumnTransformer([("few", StandardScaler(), FEW_FEATURES)]),
        LogisticRegression(class_weight="balanced", max_iter=1000),
    )
    return [linear, clone(boosting).set_params(max_features=FEATURES_TO_SPLIT), few]


def places_of_objects(likely: Sequence[np.ndarray], ground: int) -> np.ndarray:
    """Place of the class of the surface and of each object, by the weighted mean of the classifiers.

    Parameters
    ----------
    likely : sequence of float64 ndarray (n, n_classes)
        Probabilities by each of the first classifiers of `models_of_objects`, or by one of the user.
    ground : int
        Place of the class of the surface.

    Returns
    -------
    place : int64 ndarray (1 + n,)
    """
    weighted = [weight * one for weight, one in zip(WEIGHTS_OF_MODELS, likely)]
    return np.append(ground, np.sum(weighted, axis=0).argmax(axis=1))
