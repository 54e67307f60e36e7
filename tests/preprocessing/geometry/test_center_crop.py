"""Cropping about the centre: pixels are moved, not changed."""

import numpy as np
import pytest

from featkit import CenterCropper, check_image_estimator
from featkit.preprocessing.geometry import crop_center

rng = np.random.default_rng(0)


def test_it_cuts_and_pads():
    image = np.arange(1, 13, dtype=np.uint8).reshape(3, 4)
    assert np.array_equal(crop_center(image, height=1, width=2), [[6, 7]])
    padded = crop_center(image, height=6, width=4, background=1.0)
    assert np.array_equal(padded, np.pad(image, ((1, 2), (0, 0)), constant_values=255))


@pytest.mark.parametrize("size", [(3, 3), (4, 7), (9, 2), (30, 31)], ids=str)
def test_it_is_pad_and_slice(size):
    image = rng.random((6, 7, 3))
    big = np.pad(image, ((50, 50), (50, 50), (0, 0)), constant_values=0.5)
    first = [50 + (old - new) // 2 if new <= old else 50 - (new - old) // 2 for old, new in zip((6, 7), size)]
    expected = big[first[0] : first[0] + size[0], first[1] : first[1] + size[1]]
    assert np.array_equal(crop_center(image, height=size[0], width=size[1], background=0.5), expected)


def test_it_pads_transparently():
    image = np.full((2, 2, 4), 255, np.uint8)
    padded = crop_center(image, height=4, width=4, background=1.0)
    assert padded.sum() == image.sum()
    assert not crop_center(np.ones((2, 2), bool), height=2, width=4, background=1.0)[:, 0].any()


def test_laws():
    check_image_estimator(CenterCropper(height=32, width=60))
