"""Percentiles of colour channels: known values, sorting by hand."""

import numpy as np
import pytest
from skimage import data
from skimage.color import rgb2lab

from featkit import ColorPercentiles, join_alpha
from featkit.features.color import color_percentiles, color_percentiles_names


def test_a_ramp_has_its_percentiles():
    ramp = np.zeros((1, 101, 3))
    ramp[0, :, 1] = np.linspace(0, 1, 101)
    found = color_percentiles(ramp, space="rgb", percentiles=(0, 25, 100))
    assert found == pytest.approx([0, 0, 0, 0, 0.25, 1, 0, 0, 0])


def test_sorted_by_hand_within_the_foreground():
    photo = data.chelsea()[:60, :80]
    alpha = np.zeros((60, 80), np.uint8)
    alpha[10:41, 20:61] = 200
    found = color_percentiles(join_alpha(photo, alpha), space="rgb", percentiles=(50, 90))
    expected = []
    for channel in range(3):
        ordered = sorted(photo[10:41, 20:61, channel].ravel().tolist())
        for rank in (50, 90):
            position = rank / 100 * (len(ordered) - 1)
            low = int(position)
            expected.append((ordered[low] + (position - low) * (ordered[low + 1] - ordered[low])) / 255)
    assert found == pytest.approx(expected, abs=1e-6)


def test_lab_is_that_of_scikit_image():
    photo = data.coffee()[::4, ::4]
    expected = np.percentile(rgb2lab(photo).reshape(-1, 3), (10, 50, 90), axis=0).T.ravel()
    assert color_percentiles(photo) == pytest.approx(expected, abs=0.05)


def test_gray_has_equal_channels_and_a_mask_is_white():
    gray = data.camera()[:50, :50]
    red, green, blue = color_percentiles(gray, space="rgb").reshape(3, 3)
    assert red.tolist() == green.tolist() == blue.tolist()
    assert color_percentiles(np.eye(5, dtype=bool), space="rgb") == pytest.approx(1)


def test_no_foreground_gives_nan():
    assert np.isnan(color_percentiles(np.zeros((4, 4), dtype=bool))).all()


def test_names_say_channel_and_percentile():
    assert color_percentiles_names(space="opponent", percentiles=(5, 100))[:3] == [
        "color_red_green_p05",
        "color_red_green_p100",
        "color_yellow_blue_p05",
    ]
    assert ColorPercentiles().fit([data.coffee()]).get_feature_names_out()[0] == "color_lightness_p10"


@pytest.mark.parametrize("wrong", [{"space": "hsv"}, {"percentiles": (50, 50)}, {"percentiles": (-1,)}], ids=str)
def test_what_has_no_percentiles_is_refused(wrong):
    with pytest.raises(ValueError, match="parameter"):
        color_percentiles(data.coffee(), **wrong)
