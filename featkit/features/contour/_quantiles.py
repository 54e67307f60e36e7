"""Quantiles along the contour of what each of its points sees: they have no starting point and need no alignment.

Three views: curvature, coverage of the neighbourhood (area integral invariant), length of chords. Fine scales see teeth
and tips, coarse ones lobes and the whole form. All are in units of the object's own size.

The contour is sampled at 512 points that begin anywhere. Of an object 300 pixels wide that is mirrored or turned by 90
degrees, pixel by pixel, the outermost quantiles move by about 0.06 (curvature, at its finest scales), 0.01 (coverage)
and 0.01 (chord).
"""

from numbers import Integral

import numpy as np

from ...base.feature_extractor import FeatureExtractor
from ...parameters import Interval
from ..shape.measures import PIXEL_SIZE, PixelSize

N_POINTS = 512
N_QUANTILES = Interval(Integral, 2, 99, closed="both")


def quantiles_of(signals: list[np.ndarray], n_quantiles: int) -> np.ndarray:
    return np.quantile(signals, np.linspace(0.01, 0.99, n_quantiles), axis=1).T.ravel()


def quantile_names(family: str, n_scales: int, n_quantiles: int) -> list[str]:
    return [f"{family}_{scale}_quantile_{index:02d}" for scale in range(n_scales) for index in range(int(n_quantiles))]


class OutlineQuantiles(FeatureExtractor):
    """What the three extractors share: their parameters."""

    measures_foreground = True
    parameter_constraints = {"n_quantiles": [N_QUANTILES], "pixel_size": PIXEL_SIZE}

    def __init__(self, *, n_quantiles: int = 17, pixel_size: PixelSize = 1.0) -> None:
        self.n_quantiles = n_quantiles
        self.pixel_size = pixel_size
