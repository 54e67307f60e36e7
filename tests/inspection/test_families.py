"""Families of columns by the extractors that they come from."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import StandardScaler

from featkit import ColorMoments, RawPixels
from featkit.inspection._families import column_families

IMAGES = np.random.default_rng(0).random((8, 5, 5, 3))


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (ColorMoments(), 9 * ["color"]),
        (make_pipeline(ColorMoments(), StandardScaler()), 9 * ["color"]),
        (make_pipeline(ColorMoments(), PCA(2)), 2 * ["color"]),
        (make_pipeline(ColorMoments(), PCA(2), StandardScaler()), 2 * ["color"]),
        (make_pipeline(make_pipeline(ColorMoments(), PCA(3)), PCA(2)), 2 * ["color"]),
        (make_union(make_pipeline(RawPixels(), PCA(2)), ColorMoments()), 2 * ["pixel"] + 9 * ["color"]),
        (make_pipeline(make_union(RawPixels(), ColorMoments()), PCA(2)), 2 * ["color + pixel"]),
        (FeatureUnion([("a", ColorMoments()), ("b", "drop")]), 9 * ["color"]),
    ],
)
def test_components_belong_to_what_they_are_made_of(step, expected):
    step.fit(IMAGES)
    assert column_families(step, step.get_feature_names_out()) == expected
