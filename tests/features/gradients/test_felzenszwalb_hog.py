import math

import numpy as np
import pytest
import skimage.data

from featkit import FelzenszwalbHOG
from featkit.exceptions import ImageFormatError
from featkit.features.gradients import felzenszwalb_hog, felzenszwalb_hog_names
from featkit.testing import check_image_estimator


def naive_felzenszwalb_hog(values, cell):
    """The paper's formulas pixel by pixel and cell by cell, values in 0..255."""
    d_row, d_col = np.zeros(values.shape), np.zeros(values.shape)
    d_row[1:-1] = values[2:] - values[:-2]
    d_col[:, 1:-1] = values[:, 2:] - values[:, :-2]
    if values.ndim == 3:
        strongest = (d_row**2 + d_col**2).argmax(axis=2)[..., np.newaxis]
        d_row, d_col = (np.take_along_axis(d, strongest, axis=2)[..., 0] for d in (d_row, d_col))
    rows, cols = values.shape[0] // cell, values.shape[1] // cell
    directions = np.deg2rad(20 * np.arange(9))
    directions = [(round(math.sin(a), 12), round(math.cos(a), 12)) for a in directions]
    directions += [(-y, -x) for y, x in directions]
    histograms = np.zeros((rows, cols, 18))
    for row, col in np.ndindex(rows * cell, cols * cell):
        gradient = d_row[row, col], d_col[row, col]
        bin = int(np.argmax([gradient[0] * y + gradient[1] * x for y, x in directions]))
        for cell_row, cell_col in np.ndindex(rows, cols):
            row_share = max(0, 1 - abs((row + 0.5) / cell - 0.5 - cell_row))
            col_share = max(0, 1 - abs((col + 0.5) / cell - 0.5 - cell_col))
            histograms[cell_row, cell_col, bin] += row_share * col_share * math.hypot(*gradient)
    unsigned = histograms[..., :9] + histograms[..., 9:]
    energy = np.pad((unsigned**2).sum(axis=2), 1, mode="edge")
    features = []
    for row, col in np.ndindex(rows, cols):
        signed_sum, unsigned_sum, textures = np.zeros(18), np.zeros(9), []
        for down, right in [(0, 0), (0, 1), (1, 0), (1, 1)]:
            block = energy[row + down : row + down + 2, col + right : col + right + 2]
            norm = math.sqrt(block.sum() + 1e-4)
            clipped = np.minimum(histograms[row, col] / norm, 0.2)
            signed_sum += clipped / 2
            unsigned_sum += np.minimum(unsigned[row, col] / norm, 0.2) / 2
            textures.append(clipped.sum() / math.sqrt(18))
        features.append(np.concatenate([signed_sum, unsigned_sum, textures]))
    return np.concatenate(features)


def pictures():
    rng = np.random.default_rng(0)
    return {
        "camera": skimage.data.camera()[200:248, 200:256],
        "astronaut": skimage.data.astronaut()[100:140, 180:230],
        "noise": rng.integers(0, 256, (37, 50), dtype=np.uint8),
        "colour noise": rng.integers(0, 256, (24, 31, 3), dtype=np.uint8),
        "black and white": 255 * rng.integers(0, 2, (32, 32), dtype=np.uint8),
        "flat": np.full((16, 24), 7, dtype=np.uint8),
    }


PICTURES = pictures()


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("cell", [8, 5, 4])
def test_equals_the_naive_one(name, cell):
    expected = naive_felzenszwalb_hog(PICTURES[name].astype(float), cell)
    np.testing.assert_allclose(felzenszwalb_hog(PICTURES[name], pixels_per_cell=cell), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("degrees", range(0, 360, 20))
def test_ramp_fills_the_bin_of_its_direction(degrees):
    row, col = np.mgrid[:40, :40]
    ramp = col * np.cos(np.deg2rad(degrees)) + row * np.sin(np.deg2rad(degrees))
    ramp = (ramp - ramp.min()) / np.ptp(ramp)
    inner = felzenszwalb_hog(ramp).reshape(5, 5, 31)[2, 2]
    # Four equal cells: each is half of the norm of its block and is clipped at 0.2; four versions are halved and added.
    expected = np.zeros(31)
    expected[degrees // 20] = expected[18 + degrees % 180 // 20] = 0.4
    expected[27:] = 0.2 / math.sqrt(18)
    np.testing.assert_allclose(inner, expected, atol=1e-6)


def test_inverted_light_turns_signed_directions_by_180_degrees():
    image = PICTURES["noise"]
    features, inverted = (felzenszwalb_hog(picture).reshape(-1, 31) for picture in (image, 255 - image))
    np.testing.assert_allclose(inverted[:, :18], np.roll(features[:, :18], 9, axis=1), atol=1e-6)
    np.testing.assert_allclose(inverted[:, 18:], features[:, 18:], atol=1e-6)


def test_added_light_changes_nothing():
    image = PICTURES["camera"] // 2
    np.testing.assert_array_equal(felzenszwalb_hog(image + 100), felzenszwalb_hog(image))


def test_does_not_depend_on_the_dtype():
    for name in ("camera", "astronaut", "black and white"):
        image = PICTURES[name]
        for same in (image.astype(np.uint16) * 257, image / 255, (image / 255).astype(np.float32)):
            np.testing.assert_allclose(felzenszwalb_hog(same), felzenszwalb_hog(image), rtol=0, atol=1e-4)


def test_background_shows_around_a_mask():
    half = np.zeros((16, 16), bool)
    half[:, 8:] = True
    assert not felzenszwalb_hog(half, background=1.0).any()  # white on white
    np.testing.assert_allclose(felzenszwalb_hog(half, background=0.0), felzenszwalb_hog(half * np.uint8(255)))


def test_a_far_change_leaves_a_cell_alone():
    image = PICTURES["camera"]
    changed = image.copy()
    changed[:, 40:] = 0
    before, after = (felzenszwalb_hog(picture).reshape(6, 7, 31) for picture in (image, changed))
    np.testing.assert_array_equal(before[:, :2], after[:, :2])
    assert np.abs(before[:, 4:] - after[:, 4:]).max() > 0.1


def test_names_count_the_columns():
    names = felzenszwalb_hog_names((33, 17))
    assert len(names) == 4 * 2 * 31
    assert names[0] == "felzenszwalb_00000"
    assert names == sorted(set(names))


def test_images_without_a_cell_are_refused():
    with pytest.raises(ImageFormatError, match="at least 8 x 8 pixels.* got 7 x 30"):
        felzenszwalb_hog(np.zeros((7, 30)))
    with pytest.raises(ImageFormatError, match="at least 8 x 8 pixels.* got 7 x 30"):
        FelzenszwalbHOG().fit(np.zeros((2, 7, 30)))


def test_keeps_the_contract():
    check_image_estimator(FelzenszwalbHOG())
