"""Silhouettes and label images in gray are told from gray images."""

import numpy as np
import pytest

from featkit import RegionMeasurements
from featkit.exceptions import ImageValueWarning
from featkit.features.shape import region_measurements
from featkit.image import to_mask
from featkit.image.masks.gray_masks import is_gray_mask

ROWS, COLS = np.mgrid[:80, :120]
DISK = (ROWS - 40) ** 2 + (COLS - 60) ** 2 < 900
LABELS = np.where(DISK, np.where(COLS < 60, 1, 2), 0)
GRAY_MASKS = {
    "0 and 255": (DISK * 255).astype(np.uint8),
    "0 and 1": DISK.astype(np.uint8),
    "0 and 65535": (DISK * 65535).astype(np.uint16),
    "float": DISK.astype(float),
    "float32": DISK.astype(np.float32),
    "labels": LABELS.astype(np.uint8),
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
    "color": np.dstack([DISK * 255] * 3).astype(np.uint8),
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
    if name != "labels":
        assert region_measurements(to_mask(mask) >= 0.5)[1] == DISK.sum()  # the way on


@pytest.mark.parametrize("name", GRAY_IMAGES)
def test_gray_images_are_measured_without_a_word(name):
    assert not is_gray_mask(GRAY_IMAGES[name])
    RegionMeasurements().fit_transform([GRAY_IMAGES[name]])
