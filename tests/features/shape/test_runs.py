"""Runs of regions against the pixels that they stand for."""

import numpy as np
from scipy import ndimage
from skimage import measure

from featkit.features.shape._runs import boxes_of_runs, fill_runs, paint_runs, runs_of_labels, runs_of_mask


def ragged_masks():
    random = np.random.default_rng(3)
    for size in (1, 2, 3, 5, 8, 13, 30):
        for fraction in (0.2, 0.5, 0.8):
            mask = random.random((size, size + 2)) < fraction
            mask[0, 0] = True
            yield mask


def ragged_labels():
    random = np.random.default_rng(4)
    for n_labels in (1, 2, 7, 300):
        for shape in ((1, 1), (1, 40), (40, 1), (9, 8), (33, 41)):
            yield random.integers(0, n_labels + 1, shape).astype(np.int32)
    yield np.zeros((5, 6), np.int32)
    yield np.full((5, 6), 2**31 - 1, np.int32)


def painted(runs, shape, value=1):
    canvas = np.zeros(shape, np.int64)
    paint_runs(canvas, runs, 0, 0, value)
    return canvas


def test_runs_of_labels_are_the_pixels_of_each_label():
    for labels in ragged_labels():
        numbers, runs, bounds = runs_of_labels(labels)
        assert numbers.tolist() == sorted(set(labels.ravel().tolist()) - {0})
        assert bounds[0] == 0
        assert bounds[-1] == len(runs)
        for index, number in enumerate(numbers):
            own = runs[bounds[index] : bounds[index + 1]]
            np.testing.assert_array_equal(painted(own, labels.shape), labels == number)
            assert own.tolist() == sorted(own.tolist())


def test_runs_of_a_mask_are_its_components_or_one_region():
    for mask in ragged_masks():
        labels = measure.label(mask, connectivity=2)
        runs, bounds = runs_of_mask(mask)
        for index in range(len(bounds) - 1):
            own = runs[bounds[index] : bounds[index + 1]]
            np.testing.assert_array_equal(painted(own, mask.shape), labels == index + 1)
        whole, bounds = runs_of_mask(mask, by_component=False)
        assert bounds.tolist() == [0, len(whole)]
        np.testing.assert_array_equal(painted(whole, mask.shape), mask)


def test_boxes_are_those_of_the_pixels():
    for labels in ragged_labels():
        numbers, runs, bounds = runs_of_labels(labels)
        for number, box in zip(numbers, boxes_of_runs(runs, bounds)):
            rows, cols = np.nonzero(labels == number)
            assert tuple(box) == (rows.min(), cols.min(), rows.max() + 1, cols.max() + 1)


def test_holes_are_filled_as_scipy_fills_them():
    for mask in ragged_masks():
        runs, bounds = runs_of_mask(mask, by_component=False)
        filled = fill_runs(runs, boxes_of_runs(runs, bounds)[0])
        np.testing.assert_array_equal(painted(filled, mask.shape), ndimage.binary_fill_holes(mask))
