"""Functions that the package calls on what it has checked check their image when others call them."""

import numpy as np
import pytest

from featkit.exceptions import ImageFormatError
from featkit.image import _checked, alpha, colorspaces, conversions

NAMES = ["color_levels", "convert_color", "flatten_alpha", "foreground_mask", "split_alpha", "to_float", "to_gray"]
WRONG = [np.full((4, 4), 255.0), np.zeros((4, 4), np.int64), np.zeros((4, 4, 2)), np.full((4, 4), np.nan)]


@pytest.mark.parametrize("name", [*NAMES, "to_uint8", "warp_affine"])
@pytest.mark.parametrize("image", WRONG, ids=["0..255", "int64", "two channels", "NaN"])
def test_what_is_no_image_is_refused(name, image):
    arguments = {"convert_color": ("lab",), "color_levels": ("lab",), "warp_affine": (np.eye(2, 3), 4, 4)}
    with pytest.raises(ImageFormatError):
        getattr(_checked, name)(image, *arguments.get(name, ()))


def test_what_is_one_gives_what_the_function_gives():
    image = np.random.default_rng(0).random((4, 5, 4))
    for module, name in ((alpha, "foreground_mask"), (conversions, "to_gray"), (conversions, "to_uint8")):
        np.testing.assert_array_equal(getattr(_checked, name)(image), getattr(module, name)(image))
    assert _checked.convert_color.__doc__ == colorspaces.convert_color.__doc__
