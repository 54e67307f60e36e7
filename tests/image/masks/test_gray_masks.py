"""Silhouettes and label images in gray are told from gray images."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from featkit import (
    AreaIntegralInvariant,
    ChordQuantiles,
    ContourSignature,
    ConvexityDefects,
    CurvatureQuantiles,
    EllipticFourier,
    HuMoments,
    RegionMeasurements,
    SkeletonMeasurements,
    Symmetry,
    ZernikeMoments,
)
from featkit.exceptions import ImageValueWarning
from featkit.features.contour import (
    area_integral_invariant,
    chord_quantiles,
    contour_signature,
    convexity_defects,
    curvature_quantiles,
    elliptic_fourier,
)
from featkit.features.moments import hu_moments, zernike_moments
from featkit.features.shape import region_measurements, symmetry
from featkit.features.skeleton import skeleton_measurements
from featkit.image import to_mask
from featkit.image.masks.gray_masks import is_gray_mask
from featkit.objects import ObjectAggregator, ObjectTable, find_objects

ROWS, COLS = np.mgrid[:80, :120]
DISK = (ROWS - 40) ** 2 + (COLS - 60) ** 2 < 900
LABELS = np.where(DISK, np.where(COLS < 60, 1, 2), 0)
SMALL_DISK = (np.hypot(*np.mgrid[-10:10, -12:12]) < 6).astype(np.uint8)
GRAY_MASKS = {
    "0 and 255": (DISK * 255).astype(np.uint8),
    "0 and 1": DISK.astype(np.uint8),
    "0 and 65535": (DISK * 65535).astype(np.uint16),
    "float": DISK.astype(float),
    "float32": DISK.astype(np.float32),
    "labels": LABELS.astype(np.uint8),
    "labels, stretched": (LABELS * 127).astype(np.uint8),
    "labels, float": LABELS / 2,
    "labels, float32": (np.where(ROWS < 5, 3, LABELS) / 3).astype(np.float32),
    "in RGB": np.dstack([DISK * 255] * 3).astype(np.uint8),
    "in RGBA, opaque": np.dstack([*[DISK * 255] * 3, DISK * 0 + 255]).astype(np.uint8),
    "small": SMALL_DISK,
    "small labels": np.where(SMALL_DISK, 1 + (np.arange(24) > 12), 0).astype(np.uint8),
    "small, float": SMALL_DISK / 1.0,
}
rng = np.random.default_rng(0)
GRAY_IMAGES = {
    "texture": rng.integers(0, 256, (80, 120)).astype(np.uint8),
    "few levels of texture": rng.integers(0, 5, (80, 120)).astype(np.uint8),
    "gradient": (ROWS * 3).astype(np.uint8),
    "black": np.zeros((80, 120), np.uint8),
    "white": np.full((80, 120), 255, np.uint8),
    "antialiased": np.clip((30.5 - np.hypot(ROWS - 40, COLS - 60)), 0, 1),
    "two grays": np.where(DISK, 200, 40).astype(np.uint8),
    "color": np.dstack([DISK * 255, DISK * 255, DISK * 0]).astype(np.uint8),
    "alpha": np.dstack([*[DISK * 255] * 3, (COLS < 70) * 255]).astype(np.uint8),
    "steps": (np.minimum(ROWS, COLS) // 3).astype(np.uint8),
    "levels at uneven distances": np.where(DISK, np.where(COLS < 60, 10, 200), 0).astype(np.uint8),
    "noise of two values, small": rng.integers(0, 2, (20, 30)).astype(np.uint8),
    "a digit of 17 levels": load_digits().images[3] / 16,
    "mask": DISK,
    "a few pixels": np.array([[0, 255]], np.uint8),
}


@pytest.mark.parametrize("name", GRAY_MASKS)
def test_gray_masks_are_named_once_for_a_batch(name):
    mask = GRAY_MASKS[name]
    with pytest.warns(ImageValueWarning, match=r"ImageReader\(as_mask=True\).*to_mask") as said:
        RegionMeasurements().fit_transform([mask] * 3)
    assert len(said) == 1
    with pytest.warns(ImageValueWarning, match="to_mask"):
        region_measurements(mask)
    if mask.ndim == 2 and "labels" not in name:
        assert region_measurements(to_mask(mask) >= 0.5)[1] == np.count_nonzero(mask)  # the way on


EXTRACTORS = [
    AreaIntegralInvariant(),
    ChordQuantiles(),
    ContourSignature(),
    ConvexityDefects(),
    CurvatureQuantiles(),
    EllipticFourier(),
    HuMoments(),
    SkeletonMeasurements(),
    Symmetry(),
    ZernikeMoments(),
    ObjectTable(),
    ObjectAggregator(),
]


@pytest.mark.parametrize("extractor", EXTRACTORS, ids=lambda extractor: type(extractor).__name__)
@pytest.mark.parametrize("name", ["labels, float", "small"])
def test_all_that_looks_at_the_form_alone_names_them(extractor, name):
    with pytest.warns(ImageValueWarning, match="the whole image was measured"):
        extractor.fit_transform([GRAY_MASKS[name]])
    extractor.fit_transform([GRAY_MASKS[name] > 0])


@pytest.mark.parametrize(
    "function",
    [
        region_measurements,
        area_integral_invariant,
        chord_quantiles,
        contour_signature,
        convexity_defects,
        curvature_quantiles,
    ]
    + [elliptic_fourier, hu_moments, skeleton_measurements, symmetry, zernike_moments, find_objects],
)
def test_functions_name_them(function):
    for mask in (LABELS.astype(np.uint16), GRAY_MASKS["small labels"]):
        with pytest.warns(ImageValueWarning, match="the whole image was measured"):
            function(mask)
        function(mask > 0)


@pytest.mark.parametrize("name", GRAY_IMAGES)
def test_gray_images_are_measured_without_a_word(name):
    assert not is_gray_mask(GRAY_IMAGES[name])
    RegionMeasurements().fit_transform([GRAY_IMAGES[name]])
