"""Colour correlogram: closed forms, the definition pair by pair, what it tells apart."""

import numpy as np
import pytest
import skimage.data

from featkit import ColorCorrelogram
from featkit.features.color import color_correlogram, color_correlogram_names, color_histogram
from featkit.parameters import InvalidParameterError

PHOTO = skimage.data.astronaut()[100:130, 150:187]


def dark_and_light(light):
    return np.repeat(np.where(light, 255, 0).astype(np.uint8)[..., np.newaxis], 3, axis=2)


def two_colors(image, **parameters):
    return color_correlogram(image, n_bins=(2, 1, 1), **parameters)


def naive_correlogram(codes, mask, n_colors, distance):
    """The definition: every pair of foreground pixels at the distance on the chessboard."""
    same, pairs = np.zeros(n_colors), np.zeros(n_colors)
    places = np.argwhere(mask)
    for place in places:
        ring = places[np.abs(places - place).max(axis=1) == distance]
        color = codes[tuple(place)]
        pairs[color] += len(ring)
        same[color] += np.count_nonzero(codes[tuple(ring.T)] == color)
    return np.divide(same, pairs, out=np.zeros(n_colors), where=pairs > 0)


def test_one_color_has_only_itself_for_neighbors():
    image = dark_and_light(np.ones((12, 15), dtype=bool))
    np.testing.assert_array_equal(two_colors(image).reshape(4, 2), [[0, 1]] * 4)


@pytest.mark.parametrize("distance", [1, 2, 3, 4])
def test_chessboard_far_from_its_border(distance):
    rows, cols = np.indices((400, 400))
    found = two_colors(dark_and_light((rows + cols) % 2), distances=(distance,))
    np.testing.assert_allclose(found, 1 / 2, atol=1e-3)


@pytest.mark.parametrize(("distance", "share"), [(1, 2 / 8), (2, 12 / 16), (3, 6 / 24), (4, 24 / 32)])
def test_stripes_of_one_pixel_far_from_their_border(distance, share):
    found = two_colors(dark_and_light(np.indices((400, 400))[1] % 2), distances=(distance,))
    np.testing.assert_allclose(found, share, atol=0.01)


def test_tells_patches_from_sprinkles_that_a_histogram_takes_for_one():
    halves = np.indices((40, 40))[1] >= 20
    sprinkled = np.random.default_rng(0).permutation(halves.ravel()).reshape(40, 40)
    halves, sprinkled = dark_and_light(halves), dark_and_light(sprinkled)
    np.testing.assert_array_equal(color_histogram(halves), color_histogram(sprinkled))
    assert two_colors(halves, distances=(1,)).min() > 0.95
    np.testing.assert_allclose(two_colors(sprinkled, distances=(1,)), 0.5, atol=0.05)


@pytest.mark.parametrize("distances", [(1,), (2, 3), (7, 1, 29)])
def test_is_the_definition(distances):
    alpha = np.full(PHOTO.shape[:2], 255, np.uint8)
    alpha[:9, :20] = 127
    alpha[20, 5] = 0
    codes = (PHOTO[..., 0] >> 7).astype(int) * 6 + (PHOTO[..., 1].astype(int) * 3 >> 8) * 2 + (PHOTO[..., 2] >> 7)
    expected = [naive_correlogram(codes, alpha > 127, 12, distance) for distance in distances]
    found = color_correlogram(np.dstack([PHOTO, alpha]), n_bins=(2, 3, 2), distances=distances)
    np.testing.assert_allclose(found, np.concatenate(expected), rtol=1e-12)


@pytest.mark.parametrize("turn", [np.flipud, np.fliplr, np.rot90])
def test_mirrors_and_quarter_turns_change_nothing(turn):
    np.testing.assert_array_equal(color_correlogram(turn(PHOTO)), color_correlogram(PHOTO))


def test_transparent_pixels_do_not_count_whatever_their_color():
    alpha = np.zeros(PHOTO.shape[:2], np.uint8)
    alpha[4:24, 6:30] = 255
    other = np.where(alpha[..., np.newaxis] > 0, PHOTO, 255 - PHOTO)
    expected = color_correlogram(PHOTO[4:24, 6:30])
    for image in (PHOTO, other):
        np.testing.assert_array_equal(color_correlogram(np.dstack([image, alpha])), expected)


def test_no_foreground_is_nan_and_no_neighbor_is_zero():
    assert np.isnan(color_correlogram(np.zeros((5, 5), dtype=bool))).all()
    assert not color_correlogram(PHOTO[:1, :1]).any()


@pytest.mark.parametrize("distance", [100, 999])
def test_distance_larger_than_the_image_has_no_pairs(distance):
    assert not color_correlogram(PHOTO, distances=(distance,)).any()


@pytest.mark.parametrize("space", ["rgb", "hsv", "lab", "opponent"])
def test_every_dtype_of_one_image_gives_the_same(space):
    expected = color_correlogram(PHOTO, space=space)
    assert 0 < expected.max() <= 1
    for same in (PHOTO / 255, PHOTO.astype(np.uint16) * 257):
        np.testing.assert_array_equal(color_correlogram(same, space=space), expected)


def test_names_say_distance_and_color():
    names = color_correlogram_names(space="hsv", n_bins=(12, 2, 2), distances=(1, 10))
    assert len(names) == len(color_correlogram(PHOTO, space="hsv", n_bins=(12, 2, 2), distances=(1, 10))) == 96
    assert (names[0], names[-1]) == ("color_correlogram_d01_hsv_00_0_0", "color_correlogram_d10_hsv_11_1_1")
    assert names == sorted(names)


@pytest.mark.parametrize(
    "wrong",
    [
        {"space": "cmyk"},
        {"n_bins": 0},
        {"n_bins": (4, 4)},
        {"n_bins": 17},
        {"distances": ()},
        {"distances": (0,)},
        {"distances": (1, 1)},
        {"distances": (1.5,)},
        {"distances": (1000,)},
        {"distances": 3},
    ],
)
def test_wrong_parameters_are_named(wrong):
    with pytest.raises(InvalidParameterError, match=next(iter(wrong))):
        ColorCorrelogram(**wrong).fit_transform(PHOTO[np.newaxis])
