"""Transparent pixels show a checkerboard."""

import numpy as np
import pytest

from featkit import join_alpha
from featkit.display import draw_on_checkerboard
from featkit.exceptions import ImageFormatError
from featkit.parameters import InvalidParameterError


def test_transparent_pixels_show_the_board_and_half_transparent_ones_both():
    alpha = np.array([[0.0, 0.5, 1.0]])
    picture = draw_on_checkerboard(join_alpha(np.zeros((1, 3, 3)), alpha), square=4)
    assert picture[0, :, 0] == pytest.approx([0.85, 0.425, 0])


def test_images_without_alpha_are_only_converted():
    assert draw_on_checkerboard(np.full((2, 2), 255, np.uint8)).tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize("image", [np.zeros((4, 4, 2)), np.full((4, 4), 300.0), np.zeros((4, 4), np.int64)])
def test_what_is_no_image_is_refused(image):
    with pytest.raises(ImageFormatError):
        draw_on_checkerboard(image)


@pytest.mark.parametrize("square", [0, -1, 2.5])
def test_a_field_has_at_least_one_pixel(square):
    with pytest.raises(InvalidParameterError, match="'square' parameter must be"):
        draw_on_checkerboard(np.zeros((4, 4)), square=square)
