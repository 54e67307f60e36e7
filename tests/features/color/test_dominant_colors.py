"""Dominant colours: images of known palettes, k-means of scikit-learn, what must not change the palette."""

import numpy as np
import pytest
import skimage.color
import skimage.data
from sklearn.cluster import KMeans

from featkit import DominantColors
from featkit.features.color import dominant_colors, dominant_colors_names
from featkit.image import convert_color
from featkit.parameters import InvalidParameterError

PHOTO = skimage.data.astronaut()[60:220, 120:300]
PAINTS = np.array([[200, 30, 40], [30, 60, 190], [240, 240, 235], [20, 120, 50]], dtype=np.uint8)
SHARES = (0.4, 0.3, 0.2, 0.1)


def painted(noise=0, side=50):
    labels = np.repeat(np.arange(4), [round(share * side * side) for share in SHARES])
    random = np.random.default_rng(0)
    pixels = PAINTS[random.permutation(labels)].astype(int) + random.integers(-noise, noise + 1, (side * side, 3))
    return pixels.clip(0, 255).astype(np.uint8).reshape(side, side, 3)


def palette(image, n_colors):
    rows = dominant_colors(image, n_colors=n_colors).reshape(n_colors, 4)
    return rows[:, 0], rows[:, 1:]


def with_alpha(image, alpha):
    return np.dstack([image, alpha])


def mean_squared_distance(samples, centers):
    return ((samples[:, np.newaxis] - centers) ** 2).sum(axis=2).min(axis=1).mean()


def test_paints_are_found_with_their_fractions_the_largest_first():
    shares, colors = palette(painted(), 4)
    np.testing.assert_allclose(shares, SHARES, rtol=1e-12)
    np.testing.assert_allclose(colors, skimage.color.rgb2lab(PAINTS / 255), atol=0.05)


@pytest.mark.parametrize("noise", [3, 10])
def test_noise_does_not_change_them(noise):
    shares, colors = palette(painted(noise), 4)
    np.testing.assert_allclose(shares, SHARES, atol=0.002)
    np.testing.assert_allclose(colors, skimage.color.rgb2lab(PAINTS / 255), atol=1.5)


def test_one_color_of_the_palette_is_the_mean_of_the_image():
    shares, colors = palette(PHOTO, 1)
    assert shares == 1
    # the mean within a cube of colours is one of RGB
    np.testing.assert_allclose(colors[0], convert_color(PHOTO, "lab").mean(axis=(0, 1)), atol=0.1)


@pytest.mark.parametrize("noise", [0, 1])
def test_what_is_missing_to_the_palette_has_fraction_zero_and_the_last_color(noise):
    shares, colors = palette(painted(noise), 7)
    np.testing.assert_allclose(shares, [*SHARES, 0, 0, 0], atol=1e-9)
    np.testing.assert_array_equal(colors[4:], colors[[3, 3, 3]])


@pytest.mark.parametrize("n_colors", [2, 4, 8, 16])
def test_fits_the_image_nearly_as_well_as_the_best_of_many_kmeans(n_colors):
    samples = convert_color(PHOTO, "lab").reshape(-1, 3)
    best = KMeans(n_colors, n_init=3, random_state=0).fit(samples[::16]).cluster_centers_
    shares, colors = palette(PHOTO, n_colors)
    assert mean_squared_distance(samples, colors) < 1.15 * mean_squared_distance(samples, best)
    assert shares.sum() == pytest.approx(1)
    assert (np.diff(shares) <= 0).all()


def test_fractions_are_those_of_the_pixels_nearest_to_each_color():
    shares, colors = palette(PHOTO, 6)
    samples = convert_color(PHOTO, "lab").reshape(-1, 3)
    nearest = ((samples[:, np.newaxis] - colors) ** 2).sum(axis=2).argmin(axis=1)
    np.testing.assert_allclose(shares, np.bincount(nearest, minlength=6) / len(samples), atol=0.01)


def test_place_and_size_do_not_matter():
    shuffled = np.random.default_rng(0).permutation(PHOTO.reshape(-1, 3)).reshape(PHOTO.shape)
    larger = PHOTO.repeat(2, axis=0).repeat(3, axis=1)
    for same in (shuffled, larger):
        np.testing.assert_allclose(dominant_colors(same), dominant_colors(PHOTO), atol=1e-6)


def test_transparent_pixels_do_not_count_whatever_their_color():
    alpha = np.zeros(PHOTO.shape[:2], np.uint8)
    alpha[20:120, 30:150] = 255
    other = np.where(alpha[..., np.newaxis] > 0, PHOTO, 255 - PHOTO)
    expected = dominant_colors(PHOTO[20:120, 30:150])
    for image in (PHOTO, other):
        np.testing.assert_allclose(dominant_colors(with_alpha(image, alpha)), expected, atol=1e-6)


def test_soft_alpha_is_a_weight():
    image = np.repeat(PAINTS[:2, np.newaxis], 5, axis=1)
    alpha = np.repeat(np.array([[51], [204]], np.uint8), 5, axis=1)
    shares, colors = palette(with_alpha(image, alpha), 2)
    np.testing.assert_allclose(shares, [0.8, 0.2])
    np.testing.assert_allclose(colors, skimage.color.rgb2lab(PAINTS[[1, 0]] / 255), atol=0.05)


def test_no_foreground_is_nan():
    assert np.isnan(dominant_colors(with_alpha(PHOTO, np.zeros(PHOTO.shape[:2], np.uint8)))).all()


def test_every_dtype_of_one_image_gives_the_same():
    expected = dominant_colors(PHOTO)
    for same in (PHOTO / 255, PHOTO.astype(np.uint16) * 257):
        np.testing.assert_array_equal(dominant_colors(same), expected)


def test_gray_is_rgb_with_equal_channels_and_has_no_color():
    gray = PHOTO[..., 1]
    np.testing.assert_array_equal(dominant_colors(gray), dominant_colors(np.dstack([gray] * 3)))
    assert not palette(gray, 5)[1][:, 1:].any()


def test_names_say_color_and_value():
    names = dominant_colors_names(n_colors=11)
    assert len(names) == len(dominant_colors(PHOTO, n_colors=11)) == 44
    assert names[:2] == ["dominant_color_00_fraction", "dominant_color_00_lightness"]
    assert names[-1] == "dominant_color_10_lab_b"


@pytest.mark.parametrize("wrong", [0, 65, 2.5, "many"])
def test_wrong_number_of_colors_is_named(wrong):
    with pytest.raises(InvalidParameterError, match="n_colors"):
        DominantColors(n_colors=wrong).fit_transform(PHOTO[np.newaxis])
