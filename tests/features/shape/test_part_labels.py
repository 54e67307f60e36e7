"""Parts of an object, told apart by their colours."""

import numpy as np
import pytest
from skimage.color import rgb2lab

from featkit import foreground_mask, join_alpha
from featkit.features.shape import part_labels, part_measurements
from featkit.parameters import InvalidParameterError

RED, BLUE = (200, 40, 40), (40, 40, 200)


def picture(red_boxes=(), blue_boxes=(), side=80):
    """Boxes (row, col, height, width) of two colours on a transparent background."""
    color = np.zeros((side, side, 3), np.uint8)
    alpha = np.zeros((side, side), bool)
    for boxes, value in ((red_boxes, RED), (blue_boxes, BLUE)):
        for row, col, height, width in boxes:
            color[row : row + height, col : col + width] = value
            alpha[row : row + height, col : col + width] = True
    return join_alpha(color, alpha)


def test_labels_and_masks_agree():
    """Background is 0 as in a label image: what belongs to a part is larger."""
    image = picture([(5, 5, 10, 40)], [(30, 5, 20, 30)])
    labels = part_labels(image, np.array([[45.0, 60, 45], [30, 40, -80]]))
    np.testing.assert_array_equal(labels > 0, foreground_mask(image))
    assert [(labels == part).sum() for part in (1, 2)] == [400, 600]
    assert not part_labels(picture(), np.zeros((2, 3))).any()


@pytest.mark.parametrize("wrong", [np.zeros(3), np.zeros((2, 4)), [["a", "b", "c"]], np.zeros((0, 3))])
def test_colours_in_lab_have_three_columns(wrong):
    for function in (part_labels, part_measurements):
        with pytest.raises(InvalidParameterError, match="part_colors"):
            function(picture(), wrong)


def test_mixed_pixels_on_the_rim_belong_to_what_they_surround():
    """A blue disk on white paper: the rim is a light violet, nearer to the colour of the other part."""
    rows, cols = np.indices((60, 60)) - 29.5
    cover = np.clip(20.5 - np.hypot(rows, cols), 0, 1)[..., np.newaxis]
    image = np.rint(cover * (60, 40, 160) + (1 - cover) * 255).astype(np.uint8)
    labels = part_labels(join_alpha(image, cover[..., 0] >= 0.5), np.array([[25.0, 40, -60], [65, 15, -30]]))
    assert (labels[cover[..., 0] >= 0.5] == 1).all()
    assert (labels[cover[..., 0] < 0.5] == 0).all()


def test_every_pixel_inside_belongs_to_the_nearest_colour():
    """Far from the rim, labels are those of a search through all colours."""
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (12, 15, 3)).astype(np.uint8)
    colors = np.array([[20.0, 0, 0], [55, 50, 40], [70, -40, 30], [50, 10, -60]])
    distances = np.linalg.norm(rgb2lab(image)[..., np.newaxis, :] - colors, axis=3)
    nearest = np.sort(distances, axis=2)
    is_clear = nearest[..., 1] - nearest[..., 0] > 0.5  # roundings of two libraries decide between the others
    labels = part_labels(image, colors)
    np.testing.assert_array_equal(labels[is_clear], distances.argmin(axis=2)[is_clear] + 1)
    assert is_clear.mean() > 0.9


def test_a_part_that_does_not_occur_has_no_pixel():
    labels = part_labels(np.ones((4, 5)), np.array([[np.inf] * 3, [0.0, 0, 0]]))
    assert (labels == 2).all()
