"""Raw pixels: reading order, alpha, what is refused."""

import numpy as np
import pytest

from featkit import RawPixels, join_alpha
from featkit.exceptions import ImageFormatError
from featkit.features import raw_pixels
from featkit.parameters import InvalidParameterError

IMAGE = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)


def test_pixels_stand_row_by_row_with_their_colours_together():
    row = raw_pixels(IMAGE)
    assert row.dtype == np.float32
    assert row[(2 * 7 + 4) * 3 + 1] == np.float32(IMAGE[2, 4, 1] / 255)
    assert len(row) == IMAGE.size == len(RawPixels().fit([IMAGE]).get_feature_names_out())


def test_what_is_transparent_shows_the_background():
    mask = np.arange(35).reshape(5, 7) % 2 == 0
    row = raw_pixels(join_alpha(IMAGE, mask), background=0.2).reshape(5, 7, 3)
    np.testing.assert_allclose(row[~mask], 0.2, atol=1e-6)
    np.testing.assert_array_equal(row[mask], raw_pixels(IMAGE).reshape(5, 7, 3)[mask])


def test_function_refuses_what_the_class_refuses():
    for wrong in (IMAGE * 1.0, IMAGE.astype(int), np.full((4, 4), np.nan), IMAGE[..., :2]):
        with pytest.raises(ImageFormatError):
            raw_pixels(wrong)
    with pytest.raises(InvalidParameterError, match="background"):
        raw_pixels(IMAGE, background=2)
