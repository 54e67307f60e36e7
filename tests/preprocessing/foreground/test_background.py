"""BackgroundRemover and segment_foreground: images with known objects, hopeless images, users' own masks."""

import warnings
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
import skimage.data

from featkit import BackgroundRemover, foreground_mask, join_alpha, segment_foreground
from featkit.exceptions import ImageFormatError, SubjectNotFoundError
from featkit.image.checks import full_light
from featkit.image.conversions import to_float, to_uint8
from featkit.preprocessing.foreground.segmentation import METHODS

ROWS, COLS = np.mgrid[:120, :160]


def disk(row, col, radius):
    return (ROWS - row) ** 2 + (COLS - col) ** 2 <= radius**2


def on_paper(mask, *, paper=(235, 230, 220), ink=(180, 40, 60), noise=2.0, falloff=0.0):
    """An object on a plain backdrop, with sensor noise and with light that falls off to the right."""
    rng = np.random.default_rng(0)
    light = 1 - falloff * np.arange(mask.shape[1]) / mask.shape[1]
    colors = np.where(mask[..., np.newaxis], ink, paper) * light[:, np.newaxis]
    return np.clip(np.rint(colors + rng.normal(scale=noise, size=colors.shape)), 0, 255).astype(np.uint8)


def in_a_meadow(mask):
    """A red object before a coarse green texture."""
    rng = np.random.default_rng(1)
    texture = cv2.GaussianBlur(rng.normal(size=(*mask.shape, 3)), (0, 0), 2) * 120
    colors = np.where(mask[..., np.newaxis], (190, 50, 60), (70, 120, 50)) + texture
    return np.clip(colors, 0, 255).astype(np.uint8)


every_method = pytest.mark.parametrize("method", METHODS)


HOPELESS = {
    "one pixel": np.full((1, 1), 90, np.uint8),
    "one row": np.full((1, 40, 3), 90, np.uint8),
    "one column": np.full((40, 1), 90, np.uint8),
    "constant": np.full((50, 60, 3), 90, np.uint8),
    "black": np.zeros((50, 60), np.uint8),
    "large constant": np.full((300, 400, 3), 200, np.uint8),
}


@every_method
@pytest.mark.parametrize("name", HOPELESS)
def test_without_an_object_the_image_is_kept_or_an_error_raised(method, name):
    image = HOPELESS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        remover = BackgroundRemover(method=method)
        kept = remover.fit_transform([image])[0]
        assert not segment_foreground(image, method).any()
        assert remover.quality([image]) == 0
        with pytest.raises(SubjectNotFoundError, match="found no foreground"):
            BackgroundRemover(method=method, on_failure="raise").fit_transform([image])
    assert kept.shape == (*image.shape[:2], 4)
    assert (kept[..., 3] == 255).all()
    np.testing.assert_array_equal(kept[..., :3], image if image.ndim == 3 else np.dstack([image] * 3))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("gray", [True, False])
def test_output_is_rgba_of_the_same_dtype_with_the_colours_untouched(dtype, gray):
    image = on_paper(disk(60, 80, 25))
    image = image[..., 1] if gray else image
    white = {np.uint8: 255, np.uint16: 65535}.get(dtype, 1.0)
    typed = (image / 255).astype(dtype) if white == 1 else image.astype(dtype) * (white // 255)
    (result,) = BackgroundRemover().fit_transform([typed])
    assert result.dtype == dtype
    assert result.shape == (120, 160, 4)
    np.testing.assert_array_equal(result[..., 2], typed if gray else typed[..., 2])
    assert set(np.unique(result[..., 3])) == {0, white}
    np.testing.assert_array_equal(result[..., 3] > 0, segment_foreground(image))


def test_soft_alpha_fades_at_the_edge_and_is_half_exactly_on_the_mask():
    truth = disk(60, 80, 30)
    image = cv2.GaussianBlur(on_paper(truth), (0, 0), 2)
    hard = BackgroundRemover().fit_transform([image])
    soft = BackgroundRemover(soft=True).fit_transform([image])
    np.testing.assert_array_equal(foreground_mask(hard[0]), foreground_mask(soft[0]))
    alpha = soft[0, ..., 3]
    assert len(np.unique(alpha)) > 20
    assert (alpha[disk(60, 80, 22)] == 255).all()
    assert (alpha[~disk(60, 80, 38)] == 0).all()


def test_transparency_that_is_already_there_is_respected():
    image = np.dstack([on_paper(disk(60, 80, 25)), np.full((120, 160), 255, np.uint8)])
    np.testing.assert_array_equal(
        foreground_mask(BackgroundRemover().fit_transform([image])[0]), segment_foreground(image[..., :3])
    )
    image[0, :100, 3] = 100  # below one half: background
    np.testing.assert_array_equal(BackgroundRemover().fit_transform([image])[0], image)


def test_a_mask_is_its_own_foreground():
    mask = disk(60, 80, 25)
    (result,) = BackgroundRemover().fit_transform([mask])
    np.testing.assert_array_equal(foreground_mask(result), mask)


def left_half(image):
    mask = np.zeros(image.shape[:2], dtype=bool)
    mask[:, : mask.shape[1] // 2] = True
    return mask


class LeftHalf:
    def predict(self, images):
        return np.array([left_half(image).astype(int) for image in images])


class LeftHalfAlpha:
    def transform(self, images):
        alpha = [left_half(image)[..., np.newaxis] * np.uint8(255) for image in images]
        return np.concatenate([images, np.array(alpha)], axis=3)


@pytest.mark.parametrize(
    "mask",
    [
        left_half,
        lambda image: left_half(image).astype(np.uint8),
        lambda image: left_half(image) * np.float32(0.7),
        lambda image: left_half(image) * np.uint8(255),
        LeftHalf(),
        LeftHalfAlpha(),
        f"{__name__}:left_half",
    ],
    ids=["bool", "0 and 1", "probabilities", "0 and 255", "predict", "transform", "name"],
)
def test_a_mask_of_your_own_replaces_the_method(mask):
    image = skimage.data.chelsea()
    (result,) = BackgroundRemover(mask=mask).fit_transform([image])
    np.testing.assert_array_equal(foreground_mask(result), left_half(image))
    assert set(np.unique(result[..., 3])) == {0, 255}


def test_a_mask_of_the_wrong_shape_is_refused_with_the_index_of_the_image():
    with pytest.raises(ImageFormatError, match="shape") as caught:
        BackgroundRemover(mask=lambda image: np.ones((2, 2), bool)).fit_transform([skimage.data.chelsea()])
    assert caught.value.__notes__ == ["image 0 of the batch"]
    with pytest.raises(ValueError, match="package.module:function"):
        BackgroundRemover(mask="left_half").fit_transform([skimage.data.chelsea()])


@every_method
def test_repeating_and_threads_change_nothing(method):
    images = [in_a_meadow(disk(60, 60 + 10 * k, 25)) for k in range(3)]
    remover = BackgroundRemover(method=method)
    expected = remover.fit_transform(images)
    cv2.setRNGSeed(1234)
    with ThreadPoolExecutor(4) as pool:
        for again in pool.map(remover.transform, [images] * 4):
            np.testing.assert_array_equal(again, expected)


def test_quality_tells_a_clean_object_from_a_cut_one():
    whole, cut = on_paper(disk(60, 80, 25)), on_paper(disk(110, 150, 45))
    clean, glued = BackgroundRemover().quality([whole, cut])
    assert clean > 0.95
    assert glued < clean


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint32, np.uint64, np.uint8, np.uint16])
def test_labels_are_foreground_from_1_on(dtype):
    labels = np.zeros((40, 40), dtype)
    labels[5:15, 5:25], labels[20:30, 10:20] = 1, 2
    image = np.full((40, 40, 3), 240, np.uint8)
    cut = BackgroundRemover(mask=lambda _: labels).fit_transform([image])[0]
    np.testing.assert_array_equal(foreground_mask(cut), labels > 0)


RING_AND_DUST = (np.hypot(ROWS - 70, COLS - 80) < 40) & (np.hypot(ROWS - 70, COLS - 80) >= 15)
for _col in (20, 60, 130):
    RING_AND_DUST |= np.hypot(ROWS - 12, COLS - _col) < 5
PHOTO = on_paper(RING_AND_DUST)
OWN = {
    "bool": RING_AND_DUST,
    "0 and 255": RING_AND_DUST * np.uint8(255),
    "0 and 65535": RING_AND_DUST * np.uint16(65535),
    "int64": RING_AND_DUST.astype(np.int64),
    "float": RING_AND_DUST * 1.0,
    "RGBA": np.dstack([PHOTO, RING_AND_DUST * np.uint8(255)]),
}


@pytest.mark.parametrize("soft", [True, False])
@pytest.mark.parametrize("name", OWN)
def test_a_mask_of_ones_own_is_kept_to_the_pixel(name, soft):
    if soft and name in ("bool", "int64"):
        soft = False  # a hard mask may be feathered
    for remover, mask in (
        (BackgroundRemover(soft=soft), [OWN[name]]),
        (BackgroundRemover(mask=lambda _: OWN[name]), None),
    ):
        found = remover.fit([PHOTO]).transform([PHOTO], mask=mask)[0]
        np.testing.assert_array_equal(found, join_alpha(PHOTO, RING_AND_DUST))


def test_soft_alpha_of_ones_own_is_kept_to_the_level():
    alpha = np.rint(255 * cv2.GaussianBlur(RING_AND_DUST.astype(float), (0, 0), 2)).astype(np.uint8)
    for own in (alpha, alpha * np.uint16(257), alpha / 255):
        found = BackgroundRemover(soft=True).fit([PHOTO]).transform([PHOTO], mask=[own])[0]
        np.testing.assert_array_equal(found, join_alpha(PHOTO, alpha))
    hard = BackgroundRemover().fit([PHOTO]).transform([PHOTO], mask=[alpha])[0]
    np.testing.assert_array_equal(hard, join_alpha(PHOTO, alpha >= 128))


def test_a_mask_of_ones_own_is_cleaned_when_asked():
    def cleaned(**how):
        return foreground_mask(BackgroundRemover(**how).fit([PHOTO]).transform([PHOTO], mask=[RING_AND_DUST])[0])

    ring = RING_AND_DUST & (ROWS > 25)
    disks = np.hypot(ROWS - 70, COLS - 80) < 40
    np.testing.assert_array_equal(cleaned(min_fraction=0.1), ring)
    np.testing.assert_array_equal(cleaned(components="largest"), ring)
    np.testing.assert_array_equal(cleaned(fill_holes=True), RING_AND_DUST | disks)
    np.testing.assert_array_equal(cleaned(fill_holes=True, components="largest"), disks)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.uint16, np.int32, float])
def test_an_empty_mask_of_ones_own_stays_empty(dtype):
    nothing = np.zeros((120, 160), dtype)
    for remover, mask in ((BackgroundRemover(), [nothing]), (BackgroundRemover(mask=lambda _: nothing), None)):
        cut = remover.fit([PHOTO]).transform([PHOTO], mask=mask)[0]
        assert not cut[..., 3].any()
        with pytest.raises(SubjectNotFoundError, match="own mask"):
            remover.set_params(on_failure="raise").transform([PHOTO], mask=mask)
    assert BackgroundRemover(mask=lambda _: nothing).quality([PHOTO]) == 0


def test_what_a_mask_means_can_be_said():
    low = np.where(RING_AND_DUST, 90, 0).astype(np.uint8)
    low[ROWS > 100] = 0

    def area(kind):
        return foreground_mask(BackgroundRemover(mask_kind=kind).fit([PHOTO]).transform([PHOTO], mask=[low])[0]).sum()

    assert area("labels") == np.count_nonzero(low)
    assert area("soft") == 0


GRAINS = np.zeros((120, 160), bool)
for _row in range(15, 110, 22):
    for _col in range(60, 150, 14):
        GRAINS |= ((ROWS - _row) / 7) ** 2 + ((COLS - _col) / 4) ** 2 <= 1
COIN = disk(60, 25, 18)


@pytest.mark.parametrize("method", ["auto", "otsu", "border", "sauvola"])
@pytest.mark.parametrize("components", ["all", "inside"])
def test_grains_beside_a_coin_stay_on_request(method, components):
    image = on_paper(GRAINS | COIN, noise=0)

    def count(**limit):
        mask = foreground_mask(
            BackgroundRemover(method=method, components=components, **limit).fit_transform([image])[0]
        )
        np.testing.assert_array_equal(mask, segment_foreground(image, method, components=components, **limit))
        return cv2.connectedComponents(mask.view(np.uint8))[0] - 1

    assert count(min_fraction=0) == 36
    assert count(min_fraction=0.02) == 36
    assert count() == 1


@pytest.mark.parametrize("method", ["otsu", "li", "border"])
@pytest.mark.parametrize("as_dtype", [to_uint8, to_float, lambda image: image.astype(np.uint16) * np.uint16(257)])
def test_quality_tells_that_grains_vanish(method, as_dtype):
    image = as_dtype(on_paper(GRAINS | COIN, noise=0))
    kept, lost = (BackgroundRemover(method=method, min_fraction=limit).quality([image])[0] for limit in (0, 0.15))
    assert lost == pytest.approx(COIN.sum() / (GRAINS | COIN).sum(), rel=0.1)
    assert kept < 0.5  # many objects: hardly one


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_alpha_that_is_foreground_everywhere_does_not_switch_the_removal_off(dtype):
    white = full_light(dtype)
    image = (np.dstack([on_paper(disk(60, 80, 25)), np.full((120, 160), 255, np.uint8)]) / 255 * white).astype(dtype)
    expected = BackgroundRemover().fit_transform([image])[0]
    assert 0 < foreground_mask(expected).mean() < 0.3
    image[3, 4, 3] = image[50, 60, 3] = 254 / 255 * white
    np.testing.assert_array_equal(BackgroundRemover().fit_transform([image])[0], expected)
    image[:10, :10, 3] = 0.6 * white
    np.testing.assert_array_equal(BackgroundRemover().fit_transform([image])[0], expected)
    assert BackgroundRemover().quality([image]) > 0.9


@pytest.mark.parametrize("stray", ["one pixel", "rounded corners", "a line"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float64])
def test_stray_transparent_pixels_do_not_switch_the_removal_off_and_stay_transparent(stray, dtype):
    white = full_light(dtype)
    image = (np.dstack([on_paper(disk(60, 80, 25)), np.full((120, 160), 255, np.uint8)]) / 255 * white).astype(dtype)
    expected = BackgroundRemover().fit_transform([image])[0]
    row, col = np.mgrid[:120, :160]
    transparent = {
        "one pixel": (row == 60) & (col == 80),
        "rounded corners": np.hypot(np.minimum(row, 119 - row) - 7, np.minimum(col, 159 - col) - 7)
        * ((np.minimum(row, 119 - row) < 7) & (np.minimum(col, 159 - col) < 7))
        > 7,
        "a line": (row == 60) & (col > 60) & (col < 100),
    }[stray]
    assert 0 < transparent.mean() < 0.005
    image[transparent, 3] = 0.1 * white
    result = BackgroundRemover().fit_transform([image])[0]
    assert (result[transparent, 3] == 0).all()
    np.testing.assert_array_equal(result[~transparent], expected[~transparent])


@pytest.mark.parametrize("n_rows", [1, 2, 30])
def test_an_image_that_is_cut_out_comes_back_as_it_is(n_rows):
    image = np.dstack([on_paper(disk(60, 80, 25)), np.full((120, 160), 255, np.uint8)])
    image[:n_rows, :, 3] = 0  # one row of 120 is 0.8 %
    np.testing.assert_array_equal(BackgroundRemover().fit_transform([image])[0], image)


def iou(found, truth):
    return np.count_nonzero(found & truth) / np.count_nonzero(found | truth)


DEPTHS = {
    "8 bits in 16": (np.uint16, 1, 0),
    "10 bits in 16": (np.uint16, 4, 0),
    "12 bits in 16": (np.uint16, 16, 0),
    "14 bits in 16": (np.uint16, 64, 0),
    "on an offset": (np.uint16, 1, 30000),
    "float32 of 12 bits": (np.float32, 16 / 65535, 0),
    "float64 of 10 bits": (np.float64, 4 / 65535, 0),
}


@pytest.mark.parametrize("method", ["auto", "otsu", "li", "border"])
@pytest.mark.parametrize("name", DEPTHS)
def test_a_dim_cell_is_found_at_any_depth(name, method):
    dtype, factor, offset = DEPTHS[name]
    truth = disk(60, 80, 30)
    values = np.where(truth, 90, 35) + np.random.default_rng(0).normal(0, 2, truth.shape)
    image = (np.rint(values) * factor + offset).astype(dtype)
    assert iou(segment_foreground(image, method), truth) > 0.95
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cut = BackgroundRemover(method=method, soft=True).fit_transform([image])[0]
    assert iou(foreground_mask(cut), truth) > 0.95
    np.testing.assert_array_equal(cut[..., 0], image)
