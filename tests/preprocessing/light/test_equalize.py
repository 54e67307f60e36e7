"""Histogram equalisation, global and local: OpenCV's bits, no vote for what is transparent, no far effects."""

import cv2
import numpy as np
import pytest
from skimage import data

from featkit import HistogramEqualizer, join_alpha
from featkit.image import to_gray
from featkit.preprocessing.light import clahe, equalize_histogram


@pytest.mark.parametrize("photo", [data.camera, data.moon, data.coins])
def test_global_equalisation_is_opencvs(photo):
    assert (equalize_histogram(photo()) == cv2.equalizeHist(photo())).all()


def test_global_equalisation_of_evenly_spread_levels_changes_nothing():
    ramp = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 48)
    assert (equalize_histogram(ramp) == ramp).all()


@pytest.mark.parametrize("method", ["clahe", "global"])
def test_colours_keep_the_differences_of_their_channels(method):
    image = data.chelsea()[50:200, 100:300]
    result = HistogramEqualizer(method=method).transform([image])[0]
    inside = (result > 0).all(axis=2) & (result < 255).all(axis=2)
    differences = [np.diff(picture.astype(int), axis=2)[inside] for picture in (image, result)]
    assert inside.mean() > 0.6
    assert (differences[0] == differences[1]).all()
    gray = to_gray(image)
    expected = clahe(gray) if method == "clahe" else equalize_histogram(gray)
    assert np.abs(to_gray(result).astype(int) - expected)[inside].max() <= 1


@pytest.mark.parametrize("method", ["clahe", "global"])
def test_masks_and_images_without_foreground_pass(method):
    equalizer = HistogramEqualizer(method=method)
    mask = data.horse()[:40, :40]
    assert (equalizer.transform([mask])[0] == mask).all()
    empty = join_alpha(data.camera()[:40, :40], np.zeros((40, 40), dtype=bool))
    assert not equalizer.transform([empty])[0].any()


def test_a_flat_image_stays_as_it_is_globally():
    flat = np.full((20, 20), 90, np.uint8)
    assert (equalize_histogram(flat) == 90).all()


@pytest.mark.parametrize("depth", [10, 12, 14])
@pytest.mark.parametrize("equalize", [equalize_histogram, clahe])
def test_data_of_few_bits_are_equalised_as_if_they_filled_the_range(equalize, depth):
    rows, cols = np.mgrid[:64, :80]
    image = np.rint((2**depth - 1) * (0.5 + 0.4 * np.sin(rows / 9) * np.cos(cols / 7))).astype(np.uint16)
    np.testing.assert_array_equal(equalize(image), equalize(image << (16 - depth)))
    assert np.ptp(equalize(image)) > 40000
