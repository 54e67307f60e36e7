"""Dominant colours: the palette of an image, each colour with the fraction of the image it stands for."""

from collections.abc import Callable
from functools import partial
from numbers import Integral

import numpy as np

from ..._numba import kernel
from ...base.feature_extractor import FeatureExtractor
from ...image.checks import Image, check_image
from ...image.colorspaces import convert_color
from ...image.conversions import to_rgb, to_uint8
from ...parameters import Interval, check_parameters
from .._names import padded_numbers
from ._bins import vote_weights

VISIBLE_SPREAD = 1.0  # standard deviation in Lab below which a group of colours is one colour to the eye
MAX_ROUNDS = 30
N_COLORS = Interval(Integral, 1, 64, closed="both")


@kernel
def _gather(rgb, weights, sums):
    """Weight and weighted sums of red, green, blue for every cube of 8 x 8 x 8 colours; sums (32768, 4)."""
    weighted = weights.size > 0
    for row in range(rgb.shape[0]):
        for col in range(rgb.shape[1]):
            red, green, blue = np.int64(rgb[row, col, 0]), np.int64(rgb[row, col, 1]), np.int64(rgb[row, col, 2])
            weight = np.int64(weights[row, col]) if weighted else np.int64(1)
            cube = sums[(red >> 3 << 10) + (green >> 3 << 5) + (blue >> 3)]
            cube[0] += weight
            cube[1] += weight * red
            cube[2] += weight * green
            cube[3] += weight * blue


@kernel
def _settle(samples, weights, centers, totals):
    """Lloyd's rounds of k-means: move the centres to the means of their samples; a centre without any stays."""
    labels = np.full(len(samples), -1)
    for _ in range(MAX_ROUNDS):
        changed = False
        for k in range(len(samples)):
            nearest, least = 0, np.inf
            for center in range(len(centers)):
                distance = 0.0
                for plane in range(3):
                    distance += (samples[k, plane] - centers[center, plane]) ** 2
                if distance < least:
                    nearest, least = center, distance
            changed |= labels[k] != nearest
            labels[k] = nearest
        if not changed:
            break
        totals[:] = 0
        sums = np.zeros(centers.shape)
        for k in range(len(samples)):
            totals[labels[k]] += weights[k]
            sums[labels[k]] += weights[k] * samples[k]
        for center in range(len(centers)):
            if totals[center] > 0:
                centers[center] = sums[center] / totals[center]


def _cube_sums(image: Image) -> np.ndarray:
    """Rows (weight, sums of red, green, blue) of the cubes of RGB that occur."""
    sums = np.zeros((1 << 15, 4), np.int64)
    _gather(np.ascontiguousarray(to_uint8(to_rgb(image))), vote_weights(image), sums)
    return sums[sums[:, 0] > 0]


def _mean_lab(sums: np.ndarray) -> np.ndarray:
    mean_rgb = sums[:, 1:] / (255.0 * sums[:, :1])
    return convert_color(mean_rgb[np.newaxis], "lab")[0].astype(np.float64)


def _principal_axis(samples: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean, direction of the largest spread and the variance along it."""
    mean = weights @ samples / weights.sum()
    centred = samples - mean
    variances, directions = np.linalg.eigh((centred.T * weights) @ centred / weights.sum())
    return mean, directions[:, -1], variances[-1]


def _split_centers(samples: np.ndarray, weights: np.ndarray, n_colors: int) -> np.ndarray:
    """Split the group with the most squared distance across its longest axis, again and again."""
    groups = [np.arange(len(samples))]
    axes = [_principal_axis(samples, weights)]
    while len(groups) < n_colors:
        gains = [
            variance * weights[group].sum() if variance > VISIBLE_SPREAD**2 else 0.0
            for group, (_, _, variance) in zip(groups, axes, strict=True)
        ]
        widest = int(np.argmax(gains))
        if gains[widest] == 0:
            break
        group, (mean, direction, _) = groups.pop(widest), axes.pop(widest)
        beyond = (samples[group] - mean) @ direction > 0
        for part in (group[beyond], group[~beyond]):
            groups.append(part)
            axes.append(_principal_axis(samples[part], weights[part]))
    return np.array([mean for mean, _, _ in axes])


def dominant_colors(image: Image, *, n_colors: int = 5) -> np.ndarray:
    """Dominant colours (colour palette) of an image in CIE Lab, with the fraction of the image each stands for.

    Colours are gathered in cubes of 8 x 8 x 8 RGB values, split in two where they vary most (Orchard and Bouman) until
    there are enough, and moved to the means of the colours nearest to them until nothing changes (k-means). Nothing
    is left to chance.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        Gray counts as RGB with equal channels. A pixel weighs as much as its alpha. Colours and alpha are rounded to
        uint8.
    n_colors : int in [1, 64], default=5
        Size of the palette.

    Returns
    -------
    palette : float64 ndarray (n_colors * 4,)
        For each colour its fraction of the foreground, lightness, a and b (ranges: `featkit.image.convert_color`); the
        largest
        fraction first. Where the image has fewer colours (groups whose standard deviation in Lab is below 1 are one
        colour to the eye) the palette goes on with its last colour and fraction 0. NaN without foreground.

    See Also
    --------
    DominantColors : The same as a transformer.
    dominant_colors_names : Names of the columns.
    featkit.features.color.color_histogram : Fixed bins instead of colours that are found.
    featkit.image.convert_color : The units of CIE Lab.

    References
    ----------
    Orchard, Bouman 1991, "Color quantization of images", doi:10.1109/78.107417. Deng, Manjunath, Kenney, Moore, Shin
    2001, "An efficient color descriptor for image retrieval", doi:10.1109/83.892450.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.features.color import dominant_colors
    >>> image = np.zeros((10, 10, 3), dtype=np.uint8)
    >>> image[:7] = 255
    >>> dominant_colors(image, n_colors=3).reshape(3, 4).round(2) + 0.0
    array([[  0.7, 100. ,   0. ,   0. ],
           [  0.3,   0. ,   0. ,   0. ],
           [  0. ,   0. ,   0. ,   0. ]])
    """
    check_parameters(DominantColors, n_colors=n_colors)
    return _palette(check_image(image), n_colors)


def _palette(image: Image, n_colors: int) -> np.ndarray:
    n_colors = int(n_colors)
    sums = _cube_sums(image)
    if not len(sums):
        return np.full(4 * n_colors, np.nan)
    samples, weights = _mean_lab(sums), sums[:, 0].astype(np.float64)
    centers = _split_centers(samples, weights, n_colors)
    totals = np.empty(len(centers))
    _settle(samples, weights, centers, totals)
    order = np.lexsort((*centers.T[::-1], -totals))[: np.count_nonzero(totals)]
    palette = np.empty((n_colors, 4))
    palette[: len(order), 0] = totals[order] / totals.sum()
    palette[: len(order), 1:] = centers[order]
    palette[len(order) :] = [0, *palette[len(order) - 1, 1:]]
    return palette.ravel()


def dominant_colors_names(*, n_colors: int = 5) -> list[str]:
    """Names of the columns of `dominant_colors`: ``dominant_color_0_fraction``, ``dominant_color_0_lightness`` onwards.

    Parameters
    ----------
    n_colors : int in [1, 64], default=5
        As in `dominant_colors`.

    Returns
    -------
    names : list of str
        One for each column, in the order of the columns.

    See Also
    --------
    dominant_colors : What the columns hold.
    DominantColors : The transformer, which gives these names.

    Examples
    --------
    >>> from featkit.features.color import dominant_colors_names
    >>> dominant_colors_names()[:2]
    ['dominant_color_0_fraction', 'dominant_color_0_lightness']
    """
    check_parameters(DominantColors, n_colors=n_colors)
    return [
        f"dominant_color_{color}_{value}"
        for color in padded_numbers(int(n_colors))
        for value in ("fraction", "lightness", "lab_a", "lab_b")
    ]


class DominantColors(FeatureExtractor):
    """Dominant colours (colour palette) in CIE Lab, see `featkit.features.color.dominant_colors`.

    Parameters
    ----------
    n_colors : int in [1, 64], default=5
        Size of the palette.

    See Also
    --------
    dominant_colors : The function behind it.
    featkit.features.color.color_histogram : Fixed bins instead of colours that are found.
    featkit.image.convert_color : The units of CIE Lab.

    Notes
    -----
    Stateless and deterministic. Images may differ in size. Alpha respected: a pixel weighs as much as its alpha; NaN
    without foreground. Two colours of nearly the same fraction may change places between similar images.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import DominantColors
    >>> DominantColors(n_colors=3).fit_transform(np.ones((2, 16, 16, 3))).shape
    (2, 12)
    """

    parameter_constraints = {"n_colors": [N_COLORS]}

    def __init__(self, *, n_colors: int = 5) -> None:
        self.n_colors = n_colors

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        return partial(_palette, n_colors=self.n_colors)

    def feature_names(self) -> list[str]:
        return dominant_colors_names(n_colors=self.n_colors)
