import cv2
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import ParameterGrid
from sklearn.pipeline import make_pipeline

from featkit import Resizer, foreground_mask
from featkit.image import to_float
from featkit.parameters import InvalidParameterError
from featkit.preprocessing.geometry import resize

RNG = np.random.default_rng(0)
DTYPES = {
    "uint8": lambda x: np.rint(x * 255).astype(np.uint8),
    "uint16": lambda x: np.rint(x * 65535).astype(np.uint16),
    "float32": lambda x: x.astype(np.float32),
    "float64": lambda x: x,
}
CHANNELS = {"gray": (), "rgb": (3,), "rgba": (4,)}


def area_average(gray, height, width):
    """Mean of the image over the area of every pixel of the result, from the definition."""

    def overlaps(n_in, n_out):
        edges_in, edges_out = np.arange(n_in + 1.0), np.arange(n_out + 1) * (n_in / n_out)
        low = np.maximum(edges_in[:-1], edges_out[:-1, np.newaxis])
        high = np.minimum(edges_in[1:], edges_out[1:, np.newaxis])
        return np.maximum(high - low, 0) * (n_out / n_in)

    return overlaps(gray.shape[0], height) @ gray @ overlaps(gray.shape[1], width).T


def linear_interpolation(gray, height, width):
    """Between the centres of the four nearest pixels, edges repeated."""
    resized = np.empty((height, width))
    for row in range(height):
        for col in range(width):
            y = np.clip((row + 0.5) * gray.shape[0] / height - 0.5, 0, gray.shape[0] - 1)
            x = np.clip((col + 0.5) * gray.shape[1] / width - 0.5, 0, gray.shape[1] - 1)
            top, left = int(y), int(x)
            bottom, right = min(top + 1, gray.shape[0] - 1), min(left + 1, gray.shape[1] - 1)
            v, u = y - top, x - left
            upper = (1 - u) * gray[top, left] + u * gray[top, right]
            lower = (1 - u) * gray[bottom, left] + u * gray[bottom, right]
            resized[row, col] = (1 - v) * upper + v * lower
    return resized


@pytest.mark.parametrize("size", [(3, 4), (5, 5), (1, 1), (9, 3), (6, 11)])
def test_shrinking_averages_areas(size):
    gray = RNG.random((9, 11))
    np.testing.assert_allclose(resize(gray, *size), area_average(gray, *size), atol=1e-6)


@pytest.mark.parametrize("size", [(8, 10), (13, 29), (4, 50), (4, 5)])
def test_growing_interpolates_linearly(size):
    gray = RNG.random((4, 5))
    np.testing.assert_allclose(resize(gray, *size), linear_interpolation(gray, *size), atol=1e-6)


def test_shrinking_one_axis_and_growing_the_other_does_each_in_its_way():
    gray = RNG.random((12, 5))
    expected = linear_interpolation(area_average(gray, 4, 5), 4, 15)
    np.testing.assert_allclose(resize(gray, 4, 15), expected, atol=1e-6)


@pytest.mark.parametrize("mode", ["stretch", "pad", "fill"])
@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_gives_the_same_image(dtype, channels, mode):
    values = np.round(RNG.random((14, 9, *CHANNELS[channels])) * 255) / 255
    if channels == "rgba":
        values[..., 3] = np.maximum(values[..., 3], 0.2)
    image = DTYPES[dtype](values)
    for size in ((5, 6), (20, 30), (30, 5)):
        resized = resize(image, *size, mode=mode)
        assert resized.dtype == image.dtype
        assert resized.shape[:2] == size
        assert resized.shape[2:] == ((4,) if mode == "pad" else CHANNELS[channels])
        expected = resize(values, *size, mode=mode)
        atol = 0.012 if channels == "rgba" else 0.006  # rounding of the 8-bit result, and of its alpha
        np.testing.assert_allclose(to_float(resized), expected, atol=atol if dtype == "uint8" else 1e-4)


def test_white_stays_white_and_within_one():
    for size in [(h, w) for h in (1, 2, 3, 7, 13, 29) for w in (1, 3, 5, 11, 31)]:
        for mode in ("stretch", "fill"):
            for channels in CHANNELS.values():
                for dtype in (np.float32, np.float64):
                    white = resize(np.ones((7, 11, *channels), dtype), *size, mode=mode)
                    assert white.max() <= 1
                    assert white.min() > 1 - 1e-6
                assert (resize(np.full((7, 11, *channels), 255, np.uint8), *size, mode=mode) == 255).all()


def test_an_image_of_the_right_size_is_left_alone():
    image = RNG.integers(0, 256, (6, 7, 4)).astype(np.uint8)
    for mode in ("stretch", "pad", "fill"):
        np.testing.assert_array_equal(resize(image, 6, 7, mode=mode), image)


def test_colour_under_alpha_zero_does_not_bleed():
    image = np.zeros((8, 8, 4), np.uint8)
    image[..., 1] = 255  # green where nothing is seen
    image[2:7, 1:4] = [200, 0, 0, 255]
    for size in ((3, 3), (5, 4), (16, 16), (11, 5)):
        resized = resize(image, *size)
        assert not resized[..., 1:3].any()
        assert set(np.unique(resized[..., 0])) <= {0, 199, 200, 201}
        assert not resized[resized[..., 3] == 0].any()
        repainted = image.copy()
        repainted[image[..., 3] == 0] = [9, 99, 199, 0]
        np.testing.assert_array_equal(resize(repainted, *size), resized)


def test_colours_are_averaged_by_their_alpha():
    image = np.array([[[0.9, 0.3, 0.0, 0.75], [0.1, 0.7, 1.0, 0.25]]])
    np.testing.assert_allclose(resize(image, 1, 1)[0, 0], [0.7, 0.4, 0.25, 0.5], atol=1e-6)


def test_full_alpha_changes_nothing():
    rgb = RNG.integers(0, 256, (9, 12, 3)).astype(np.uint8)
    rgba = np.dstack([rgb, np.full((9, 12), 255, np.uint8)])
    for size in ((4, 5), (20, 30)):
        np.testing.assert_array_equal(resize(rgba, *size)[..., :3], resize(rgb, *size))


def test_a_mask_stays_a_mask_of_the_same_fraction():
    mask = np.zeros((40, 40), bool)
    mask[10:30, 8:36] = True
    for size in ((20, 20), (80, 80), (8, 40)):
        resized = resize(mask, *size)
        assert resized.dtype == bool
        assert resized.mean() == pytest.approx(mask.mean(), abs=0.03)
    np.testing.assert_array_equal(resize(mask, 20, 20), mask[::2, ::2])
    assert resize(mask, 20, 40, mode="pad").sum(axis=0)[:10].tolist() == [0] * 10
    assert resize(np.ones((4, 4), bool), 4, 8, mode="pad").tolist() == [[False] * 2 + [True] * 4 + [False] * 2] * 4


@pytest.mark.parametrize(
    ("size", "canvas", "inside"),
    [
        ((10, 20), (20, 20), (slice(5, 15), slice(0, 20))),
        ((20, 10), (20, 20), (slice(0, 20), slice(5, 15))),
        ((10, 20), (30, 20), (slice(10, 20), slice(0, 20))),
        ((5, 10), (20, 30), (slice(2, 17), slice(0, 30))),
        ((100, 1), (10, 10), (slice(0, 10), slice(4, 5))),
    ],
)
def test_padding_keeps_the_proportions_in_the_middle(size, canvas, inside):
    padded = resize(np.full(size, 200, np.uint8), *canvas, mode="pad")
    expected = np.zeros((*canvas, 4), np.uint8)
    expected[inside] = [200, 200, 200, 255]
    np.testing.assert_array_equal(padded, expected)
    covered = np.zeros(canvas, bool)
    covered[inside] = True
    np.testing.assert_array_equal(foreground_mask(padded), covered)


@pytest.mark.parametrize(("dtype", "level"), [("uint8", 64), ("uint16", 16384), ("float32", 0.25), ("float64", 0.25)])
def test_padding_with_a_gray_level_adds_no_alpha(dtype, level):
    for channels in ((), (3,)):
        padded = resize(DTYPES[dtype](np.ones((2, 4, *channels))), 4, 4, mode="pad", background=0.25)
        assert padded.shape == (4, 4, *channels)
        assert padded.dtype == dtype
        np.testing.assert_array_equal(padded[[0, 3]], np.full((2, 4, *channels), level, dtype))
        assert (padded[1:3] == DTYPES[dtype](np.ones(1))).all()
    transparent = resize(np.full((2, 4, 4), 255, np.uint8), 4, 4, mode="pad", background=0.25)
    assert not transparent[[0, 3]].any()


def test_filling_keeps_the_proportions_and_cuts_both_ends():
    columns = np.tile(np.arange(20, dtype=np.uint8) * 10, (10, 1))
    np.testing.assert_array_equal(resize(columns, 10, 10, mode="fill"), columns[:, 5:15])
    np.testing.assert_array_equal(resize(columns.T.copy(), 10, 10, mode="fill"), columns[:, 5:15].T)
    np.testing.assert_array_equal(resize(columns, 5, 5, mode="fill"), resize(columns[:, 5:15].copy(), 5, 5))
    assert resize(np.ones((1, 10)), 5, 1, mode="fill").shape == (5, 1)


def test_circles_stay_circles():
    rows, cols = np.mgrid[:60, :100]
    disk = (rows - 29.5) ** 2 + (cols - 49.5) ** 2 <= 25**2
    for mode in ("pad", "fill"):
        inside = np.argwhere(resize(disk, 40, 40, mode=mode))
        height, width = np.ptp(inside, axis=0) + 1
        assert abs(height - width) <= 1
    assert np.ptp(np.argwhere(resize(disk, 40, 40)), axis=0).tolist() == [33, 19]


def test_a_strip_of_one_pixel_and_one_pixel():
    for size in ((1, 1), (1, 9), (9, 1)):
        for mode in ("stretch", "pad", "fill"):
            for out in ((1, 1), (3, 5)):
                resized = resize(np.full(size, 77, np.uint8), *out, mode=mode)
                seen = resized[foreground_mask(resized)]
                assert resized.shape[:2] == out
                assert len(seen)
                assert (seen.reshape(len(seen), -1)[:, 0] == 77).all()


def test_input_is_not_written_to():
    image = RNG.integers(0, 256, (9, 12, 4)).astype(np.uint8)
    image.setflags(write=False)
    for mode in ("stretch", "pad", "fill"):
        resize(image, 6, 7, mode=mode)


def test_photos_agree_with_opencv():
    image = RNG.integers(0, 256, (60, 80, 3)).astype(np.uint8)
    theirs = cv2.resize(image, (31, 17), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(resize(image, 17, 31), theirs)
    np.testing.assert_array_equal(
        resize(image[:, ::-1], 17, 31), cv2.resize(image[:, ::-1].copy(), (31, 17), interpolation=3)
    )


# The class


def test_parameters_are_set_and_got():
    resizer = Resizer(height=8, width=9, mode="pad")
    assert resizer.get_params() == {"height": 8, "width": 9, "mode": "pad", "background": None}
    assert resizer.fit(np.ones((1, 4, 5))) is resizer
    assert clone(resizer).get_params() == resizer.get_params()
    assert "mode='pad'" in repr(resizer)
    assert resizer.set_params(mode="fill", height=7) is resizer
    assert resizer.get_params() == {"height": 7, "width": 9, "mode": "fill", "background": None}
    assert resizer.transform(np.ones((1, 4, 5))).shape == (1, 7, 9)
    with pytest.raises(ValueError, match="Invalid parameter 'fitting'"):
        resizer.set_params(fitting="pad")


def test_mode_can_be_searched_over():
    pipeline = make_pipeline(Resizer(height=4, width=5))
    for parameters in ParameterGrid({"resizer__mode": ["stretch", "pad", "fill"]}):
        images = clone(pipeline).set_params(**parameters).fit_transform(np.ones((2, 4, 6)))
        assert images.shape == ((2, 4, 5, 4) if parameters["resizer__mode"] == "pad" else (2, 4, 5))


def test_mixed_sizes_become_a_stack():
    sizes = [(10, 20), (30, 5), (8, 8)]
    images = [RNG.integers(0, 256, (*size, 3)).astype(np.uint8) for size in sizes]
    assert Resizer(height=12, width=16).fit_transform(images).shape == (3, 12, 16, 3)
    assert Resizer(height=12, width=16, mode="pad").fit_transform(images).shape == (3, 12, 16, 4)
    assert Resizer(height=12, width=16, mode="pad", background=1.0).fit_transform(images).shape == (3, 12, 16, 3)


@pytest.mark.parametrize(
    "parameters", [{"height": 0}, {"width": 2.5}, {"mode": "crop"}, {"background": 1.5}, {"background": "mean"}]
)
def test_bad_parameters(parameters):
    with pytest.raises(InvalidParameterError, match=next(iter(parameters))):
        Resizer(**parameters).fit_transform(np.ones((1, 4, 5)))


def test_a_pixel_that_is_covered_by_half_is_foreground_on_every_side():
    for seed in range(200):
        mask = np.random.default_rng(seed).random((2, 8)) < 0.5
        sizes = {"height": 3, "width": 4}
        np.testing.assert_array_equal(resize(mask, **sizes), resize(mask[::-1, ::-1], **sizes)[::-1, ::-1])
