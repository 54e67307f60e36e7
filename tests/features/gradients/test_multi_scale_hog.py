"""MultiScaleHOG: cells of several sizes in one row."""

import numpy as np
import pytest
from skimage import data
from skimage.feature import hog as skimage_hog
from sklearn.exceptions import NotFittedError

from featkit import HOG, MultiScaleHOG
from featkit.exceptions import ImageFormatError
from featkit.features.gradients import hog_names, multi_scale_hog, multi_scale_hog_names
from featkit.parameters import InvalidParameterError

SIZES = (4, 6, 10)


def ramp(degrees, side=40):
    """Light that grows in one direction everywhere."""
    row, col = np.mgrid[:side, :side]
    values = col * np.cos(np.deg2rad(degrees)) + row * np.sin(np.deg2rad(degrees))
    return (values - values.min()) / np.ptp(values)


@pytest.mark.parametrize("degrees", [15, 45, 75, 105])
def test_a_ramp_has_one_direction_in_cells_of_every_size(degrees):
    row = multi_scale_hog(ramp(degrees), cell_sizes=(4, 10), orientations=6, voting="nearest", cells_per_block=(1, 1))
    small, large = row[: 10 * 10 * 6].reshape(10, 10, 6), row[10 * 10 * 6 :].reshape(4, 4, 6)
    for cells in (small, large):
        assert (cells[1:-1, 1:-1].argmax(axis=2) == degrees // 30).all()


def test_the_row_holds_scikit_images_hog_of_every_size():
    image = data.camera()[100:160, 200:270]
    expected = [
        skimage_hog(image, 9, (size, size), (2, 2), block_norm="L2-Hys", transform_sqrt=False) for size in SIZES
    ]
    assert multi_scale_hog(image, cell_sizes=SIZES, voting="nearest") == pytest.approx(
        np.concatenate(expected), abs=1e-5
    )


@pytest.mark.parametrize("voting", ["nearest", "trilinear"])
def test_each_part_is_the_hog_of_that_cell_size(voting):
    images = np.stack([data.astronaut()[start : start + 50, 180:240] for start in (60, 80, 100)])
    options = {"orientations": 7, "voting": voting, "signed": True, "block_norm": "L1-sqrt", "cells_per_block": (2, 3)}
    rows = MultiScaleHOG(cell_sizes=(10, 4), **options).fit_transform(images)
    parts = [HOG(pixels_per_cell=(size, size), **options).fit_transform(images) for size in (10, 4)]
    assert (rows == np.hstack(parts)).all()
    assert rows.shape[1] == parts[0].shape[1] + parts[1].shape[1]


def test_larger_cells_bear_larger_moves():
    image = data.camera()[100:164, 200:264]
    moved = data.camera()[102:166, 202:266]
    change = np.abs(multi_scale_hog(image, cell_sizes=(4, 16)) - multi_scale_hog(moved, cell_sizes=(4, 16)))
    n_small = len(hog_names((64, 64), pixels_per_cell=(4, 4), cells_per_block=(2, 2)))
    assert change[n_small:].mean() < 0.6 * change[:n_small].mean()


def test_names_tell_the_cell_size():
    names = multi_scale_hog_names((32, 32), cell_sizes=(4, 16), orientations=3)
    assert names[0] == "mshog_c04_00000"
    assert names[-1] == "mshog_c16_00011"
    assert len(names) == 7 * 7 * 12 + 12
    extractor = MultiScaleHOG(cell_sizes=(4, 16), orientations=3)
    with pytest.raises(NotFittedError):
        extractor.get_feature_names_out()
    assert extractor.fit([np.zeros((32, 32))]).get_feature_names_out().tolist() == names


@pytest.mark.parametrize("sizes", [(), (4, 4), (0, 4), (4.5,), ("a",), (4, None)])
def test_sizes_are_different_whole_numbers(sizes):
    with pytest.raises(InvalidParameterError, match="cell_sizes"):
        MultiScaleHOG(cell_sizes=sizes).fit([np.zeros((32, 32))])


def test_an_image_has_to_hold_a_block_of_the_largest_cells():
    with pytest.raises(ImageFormatError, match="at least 32 x 32 pixels"):
        MultiScaleHOG(cell_sizes=(4, 16)).fit([np.zeros((31, 40))])
