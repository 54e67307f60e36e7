"""Every parameter of a feature reaches its function, its class and its names, and matters."""

import inspect

import numpy as np
import pytest
from skimage.data import astronaut

from tests.public_names import feature_twins, keywords, public_items

ITEMS = {name: item for _, name, item in public_items()}
SHADOW = (
    np.hypot(*((np.mgrid[:64, :80] - np.array([30, 38]).reshape(2, 1, 1)) / np.array([22, 30]).reshape(2, 1, 1))) < 1
)
SHADOW[20:34, 60:74] = SHADOW[2:6, 2:6] = True  # a bulge, and a second object
IMAGE = np.dstack([astronaut()[:128:2, 140:300:2], np.where(SHADOW, 255, 0).astype(np.uint8)])

# parameter: a value that is the default of no feature
OTHER = {
    "aggregate": "mean",
    "angles": (0, 60),
    "background": 0.7,
    "bandwidth": 1.7,
    "block_norm": "L1",
    "block_size": 5,
    "cell_sizes": (5, 9),
    "cells_per_block": (1, 3),
    "color": "lab",
    "degree": 6,
    "distance": 2,
    "distances": (2, 4),
    "form": "profile",
    "frequencies": (0.11, 0.3),
    "grid": (2, 3),
    "joint": True,
    "method": "ror",
    "min_area": 100,
    "min_depth": 0.2,
    "min_fraction": 0.1,
    "n_bins": 5,
    "n_colors": 3,
    "n_features": 9,
    "n_harmonics": 7,
    "n_levels": 11,
    "n_octaves": 3,
    "n_points": 6,
    "n_quantiles": 5,
    "order": 1,
    "orientation": True,
    "orientations": 5,
    "percentiles": (20, 70),
    "pixel_size": 0.5,
    "pixels_per_cell": (10, 6),
    "radius": 2.5,
    "signed": True,
    "space": "opponent",
    "threshold": 20,
    "transform_sqrt": True,
    "value_range": "foreground",
    "voting": "trilinear",
    "window_sigma": 3.0,
}
# (function, parameter): the value that this one takes
OWN = {
    ("completed_lbp", "joint"): False,
    **{
        (name, "pixel_size"): (1.0, 1.5)  # ratios: of pixels that are not square
        for name in (
            "area_integral_invariant",
            "chord_quantiles",
            "contour_signature",
            "convexity_defects",
            "curvature_quantiles",
            "elliptic_fourier",
            "hu_moments",
            "symmetry",
            "zernike_moments",
        )
    },
    ("felzenszwalb_hog", "pixels_per_cell"): 6,
    ("multi_scale_hog", "voting"): "nearest",
}
# (function, parameter): other parameters without which this one does not matter
GIVEN = {("hog", "window_sigma"): {"voting": "trilinear"}}
CASES = [(function, kind, parameter) for function, kind in feature_twins() for parameter in keywords(ITEMS[function])]


@pytest.mark.parametrize(("function", "kind", "parameter"), CASES)
def test_a_parameter_reaches_function_class_and_names_and_matters(function, kind, parameter):
    given = GIVEN.get((function, parameter), {})
    changed = given | {parameter: OWN.get((function, parameter), OTHER.get(parameter))}
    row = ITEMS[function](IMAGE, **changed)
    extractor = ITEMS[kind](**changed).fit([IMAGE])
    np.testing.assert_array_equal(extractor.transform([IMAGE])[0], row)
    assert len(extractor.get_feature_names_out()) == len(row)
    names = ITEMS.get(f"{function}_names")
    if names is not None:
        shape = [IMAGE.shape[:2]] if "image_shape" in inspect.signature(names).parameters else []
        assert list(names(*shape, **changed)) == list(extractor.get_feature_names_out())
    before = ITEMS[function](IMAGE, **given)
    assert not np.array_equal(before, row, equal_nan=True)


def test_the_parameters_are_found():
    assert len(CASES) > 80
    assert set(OTHER) <= {parameter for _, _, parameter in CASES}
