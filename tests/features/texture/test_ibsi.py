"""Gray-level matrices on the digital phantom of the image biomarker standardisation initiative (IBSI).

Zwanenburg and others 2020, "The image biomarker standardization initiative", doi:10.1148/radiol.2020191145. Values are
those of its reference manual, arXiv:1612.07003, chapter "Image features", rows "dig. phantom, 2D, averaged" ("2D" of
zones and gray tone differences), to the three digits given there, compared one by one with the tables in
theibsi/ibsi-doc, docs/03_Image_features.rst; there small zone emphasis has no table, so that it is derived from its
definition here.
"""

import numpy as np
import pytest
from scipy.ndimage import label

from featkit import join_alpha
from featkit.features.texture import (
    glrlm,
    glrlm_names,
    glszm,
    glszm_names,
    haralick,
    haralick_names,
    ngtdm,
    ngtdm_names,
)

SLICES = [  # gray levels 1 to 6, a point outside the region
    "14411 14611 41641 44641",
    "14411 11611 .1311 44611",
    "144.. 11111 11.11 11611",
    "144.. 11111 11111 11611",
]
LEVELS = {"n_levels": 6, "value_range": (0.5, 6.5)}

GLCM = {
    "angular_second_moment": 0.368,
    "contrast": 5.28,
    "correlation": -0.0121,
    "variance": 2.69,  # joint variance
    "inverse_difference_moment": 0.619,
    "sum_average": 4.28,  # of levels from 1; here they are counted from 0
    "sum_variance": 5.47,
    "sum_entropy": 1.6,
    "entropy": 2.05,  # joint entropy
    "difference_variance": 2.9,
    "difference_entropy": 1.4,
    "information_correlation_1": -0.155,
    "information_correlation_2": 0.487,
}
GLRLM = {
    "short_emphasis": 0.641,
    "long_emphasis": 3.78,
    "level_nonuniformity": 0.46,  # normalised
    "size_nonuniformity": 0.492,  # normalised
    "percentage": 0.627,
    "low_level_emphasis": 0.604,
    "high_level_emphasis": 9.82,
    "short_low_level_emphasis": 0.294,
    "short_high_level_emphasis": 8.57,
    "long_low_level_emphasis": 3.14,
    "long_high_level_emphasis": 17.4,
}
GLSZM = {
    "long_emphasis": 43.9,
    "level_nonuniformity": 0.323,  # normalised
    "size_nonuniformity": 0.333,  # normalised
    "percentage": 0.24,
    "low_level_emphasis": 0.371,
    "high_level_emphasis": 16.4,
    "short_low_level_emphasis": 0.0259,
    "short_high_level_emphasis": 10.3,
    "long_low_level_emphasis": 40.4,
    "long_high_level_emphasis": 113,
}
NGTDM = {"coarseness": 0.121, "contrast": 0.925, "busyness": 2.99, "complexity": 10.4, "strength": 2.88}


def phantom():
    for text in SLICES:
        levels = np.array([[0 if one == "." else int(one) for one in row] for row in text.split()], np.uint8)
        yield join_alpha(levels, levels > 0)


def averaged(function, names):
    rows = np.mean([function(image, **LEVELS) for image in phantom()], axis=0)
    return dict(zip(names, rows, strict=True))


def assert_equal_to_three_digits(found, expected):
    assert {name: float(f"{value:.3g}") for name, value in found.items()} == pytest.approx(expected, rel=1e-9)


def test_the_co_occurrence_matrix_gives_the_thirteen_values():
    found = averaged(haralick, haralick_names())
    found = {name: found[f"haralick_d1_{name}_mean"] for name in GLCM}
    found["sum_average"] += 2
    assert_equal_to_three_digits(found, GLCM)


@pytest.mark.parametrize(
    ("function", "names", "family", "expected"),
    [(glrlm, glrlm_names(), "glrlm", GLRLM), (glszm, glszm_names(), "glszm", GLSZM)],
    ids=["glrlm", "glszm"],
)
def test_runs_and_zones_give_the_values(function, names, family, expected):
    found = {name.removeprefix(f"{family}_"): value for name, value in averaged(function, names).items()}
    assert_equal_to_three_digits({name: found[name] for name in expected}, expected)
    if family == "glszm":
        assert found["short_emphasis"] == pytest.approx(small_zone_emphasis(), rel=1e-9)


def small_zone_emphasis():
    """Mean of 1 / size^2 over the zones (8 neighbours) of each slice, averaged over the slices."""
    emphases = []
    for image in phantom():
        levels = np.where(image[..., 3] > 0, image[..., 0], 0)
        zones = [label(levels == level, np.ones((3, 3)))[0] for level in range(1, 7)]
        sizes = np.concatenate([np.bincount(numbers.ravel())[1:] for numbers in zones])
        emphases.append((1.0 / sizes**2).mean())
    return np.mean(emphases)


def test_the_neighbourhood_matrix_gives_the_five_values_once_the_number_of_pixels_is_undone():
    """Its sums are divided by the number of pixels here, which IBSI and the paper leave out."""
    counts = np.array([np.count_nonzero(image[..., 3]) for image in phantom()])
    rows = np.array([ngtdm(image, **LEVELS) for image in phantom()])
    powers = np.array([-1, 0, 1, 0, -1])  # coarseness, contrast, busyness, complexity, strength
    found = (rows * counts[:, np.newaxis] ** powers.astype(float)).mean(axis=0)
    names = [name.removeprefix("ngtdm_") for name in ngtdm_names()]
    assert_equal_to_three_digits(dict(zip(names, found, strict=True)), NGTDM)
