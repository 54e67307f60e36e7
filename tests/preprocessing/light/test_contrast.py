"""Contrast stretching between percentiles of what can be seen."""

import numpy as np
import pytest
from skimage import data, exposure

from featkit import ContrastStretcher, join_alpha
from featkit.parameters import InvalidParameterError
from featkit.preprocessing.light import stretch_contrast


def test_percentiles_become_black_and_white():
    image = np.random.default_rng(0).random((50, 50)) * 0.3 + 0.4
    low, high = np.percentile(image, [2, 98])
    assert stretch_contrast(image) == pytest.approx(np.clip((image - low) / (high - low), 0, 1))


@pytest.mark.parametrize("photo", [data.camera, data.chelsea])
def test_bytes_agree_with_scikit_image(photo):
    image = photo()
    limits = tuple(np.percentile(image, [2, 98]))
    expected = exposure.rescale_intensity(image, in_range=limits, out_range=(0, 255))
    assert np.abs(stretch_contrast(image).astype(float) - expected).max() <= 1


@pytest.mark.parametrize(("factor", "offset"), [(0.25, 0.0), (0.5, 0.3), (1.0, -0.1)])
def test_factors_and_offsets_of_light_go_away(factor, offset):
    image = np.random.default_rng(1).random((30, 30)) * 0.8 + 0.15
    assert stretch_contrast(image * factor + offset) == pytest.approx(stretch_contrast(image))


def test_what_is_transparent_does_not_vote():
    image = data.camera()[:100, :100].copy()
    mask = np.zeros((100, 100), dtype=bool)
    mask[20:60, 20:60] = True
    expected = stretch_contrast(image[20:60, 20:60])
    assert (stretch_contrast(join_alpha(image, mask))[20:60, 20:60, 0] == expected).all()


def test_flat_images_stay():
    assert (stretch_contrast(np.full((4, 4), 77, np.uint8)) == 77).all()


def test_percentiles_have_to_be_in_order():
    with pytest.raises(InvalidParameterError, match="below 'upper', got lower=60 and upper=40"):
        ContrastStretcher(lower=60, upper=40).fit_transform([np.zeros((4, 4))])
