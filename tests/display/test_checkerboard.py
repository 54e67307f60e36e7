"""Transparent pixels show a checkerboard."""

import numpy as np
import pytest

from featkit import join_alpha
from featkit.display import draw_on_checkerboard


def test_transparent_pixels_show_the_board_and_half_transparent_ones_both():
    alpha = np.array([[0.0, 0.5, 1.0]])
    picture = draw_on_checkerboard(join_alpha(np.zeros((1, 3, 3)), alpha), square=4)
    assert picture[0, :, 0] == pytest.approx([0.85, 0.425, 0])


def test_pictures_without_alpha_are_only_converted():
    assert draw_on_checkerboard(np.full((2, 2), 255, np.uint8)).tolist() == [[1, 1], [1, 1]]
