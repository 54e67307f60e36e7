"""Affine maps: points are mapped, images are averaged over the pixels of the canvas."""

import numpy as np
import pytest
from scipy.ndimage import affine_transform

from featkit.image import transform_points
from featkit.image.affine import premultiplied, unpremultiplied, warp_affine
from featkit.image.checks import full_light

rng = np.random.default_rng(0)


def test_unscaled_resampling_is_that_of_scipy():
    image = rng.random((30, 40))
    turn = np.deg2rad(25)
    affine_map = np.array([[np.cos(turn), -np.sin(turn), 12.25], [np.sin(turn), np.cos(turn), 3.5]])
    crop = warp_affine(image, affine_map, 14, 15)
    expected = affine_transform(image, affine_map[:, :2], affine_map[:, 2], (14, 15), order=1)
    inside = affine_transform(np.ones_like(image), affine_map[:, :2], affine_map[:, 2], (14, 15), order=1) > 0.999
    assert inside.sum() > 150
    assert np.abs(crop[..., 0] - expected)[inside].max() < 1e-5


def test_points_go_through_the_matrix_and_are_moved():
    affine_map = rng.random((2, 3))
    points = rng.random((20, 2)) * 50
    by_hand = [[row[0] * y + row[1] * x + row[2] for row in affine_map] for y, x in points]
    assert transform_points(points, affine_map) == pytest.approx(np.array(by_hand))
    assert transform_points(points[3], affine_map) == pytest.approx(by_hand[3])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64, bool])
def test_the_map_that_moves_nothing_leaves_the_image_as_it_is(dtype):
    image = (rng.random((6, 9)) * full_light(dtype)).round().astype(dtype)
    canvas = warp_affine(image, np.eye(2, 3), 6, 9)
    if dtype is bool:
        np.testing.assert_array_equal(canvas, image)
        return
    np.testing.assert_allclose(canvas[..., :3], np.dstack([image] * 3), rtol=1e-6)
    assert (canvas[..., 3] == full_light(dtype)).all()


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("step", [2, 3, 5])
def test_shrinking_by_a_whole_number_is_the_mean_of_blocks(step, channels):
    image = rng.random((6 * step, 4 * step, channels))
    image[..., 3:] = 1
    canvas = warp_affine(image, [[step, 0, (step - 1) / 2], [0, step, (step - 1) / 2]], 6, 4)
    means = image[..., :3].reshape(6, step, 4, step, 3).mean(axis=(1, 3))
    assert canvas[..., :3] == pytest.approx(means, abs=1e-5)
    assert canvas[..., 3] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_quarter_turns_move_pixels(turns):
    """The kernel for turned maps gives the pixels of numpy's rot90."""
    image = rng.integers(0, 256, (5, 8, 3)).astype(np.uint8)
    expected = np.rot90(image, turns)
    height, width = expected.shape[:2]
    corners = {1: [[0, 1, 0], [-1, 0, 7]], 2: [[-1, 0, 4], [0, -1, 7]], 3: [[0, -1, 4], [1, 0, 0]]}
    np.testing.assert_array_equal(warp_affine(image, corners[turns], height, width)[..., :3], expected)


def test_colours_under_alpha_0_do_not_count():
    image = np.zeros((2, 2, 4))
    image[0] = [1, 0.5, 0, 1]
    image[1, :, :3] = [0, 0, 1]  # transparent blue
    canvas = warp_affine(image, [[2, 0, 0.5], [0, 2, 0.5]], 1, 1)
    assert canvas[0, 0] == pytest.approx([1, 0.5, 0, 0.5], abs=1e-6)


def test_a_map_of_nan_and_one_that_leads_beside_the_image_give_an_empty_canvas():
    image = np.ones((4, 4))
    assert not warp_affine(image, np.full((2, 3), np.nan), 3, 3).any()
    assert not warp_affine(image, [[1, 0, 90], [0, 1, 0]], 3, 3).any()


@pytest.mark.parametrize("affine_map", [np.eye(3), np.eye(2), np.zeros(6)])
def test_other_shapes_of_maps_are_refused(affine_map):
    with pytest.raises(ValueError, match=r"shape \(2, 3\)"):
        warp_affine(np.ones((4, 4)), affine_map, 3, 3)
    with pytest.raises(ValueError, match=r"shape \(2, 3\)"):
        transform_points([0, 0], affine_map)


@pytest.mark.parametrize("size", [(0, 3), (3, -1), (2.0, 3)])
def test_other_sizes_and_points_are_refused(size):
    with pytest.raises(ValueError, match="height and width as integers >= 1"):
        warp_affine(np.ones((4, 4)), np.eye(2, 3), *size)
    with pytest.raises(ValueError, match=r"points \(row, col\)"):
        transform_points(np.zeros((4, 3)), np.eye(2, 3))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_premultiplying_is_taken_back_where_anything_is_seen(dtype):
    image = rng.integers(0, full_light(dtype) + 1, (20, 20, 4)).astype(dtype)
    image[..., 3] |= image.dtype.type(full_light(dtype) // 2 + 1)
    np.testing.assert_array_equal(unpremultiplied(premultiplied(image), image.dtype), image)
    image[..., 3] = 0
    assert not unpremultiplied(premultiplied(image), image.dtype).any()
