"""Labels of superpixels: learnt from, judged, cut."""

import numpy as np
import pytest

from featkit.preprocessing.foreground._superpixel_features import describe_superpixels
from featkit.preprocessing.foreground._superpixel_labels import (
    cover_of_superpixels,
    cut_classes,
    is_right_more_often,
    overlap_of_class,
    overlap_of_cover,
    pixels_of_classes,
    read_training_mask,
    targets,
)

LAB = np.zeros((60, 80, 3), np.float32)
LAB[..., 0] = 40
LAB[20:40, 30:60] = 70, 20, 20
TRUTH = LAB[..., 0] > 50


@pytest.fixture
def superpixels():
    return describe_superpixels(LAB)


def test_training_masks_are_read():
    assert read_training_mask(TRUTH, (60, 80)).max() == 1
    assert read_training_mask(TRUTH.astype(np.uint8) * 255, (60, 80)).max() == 1
    assert np.unique(read_training_mask(TRUTH * 3 - 1, (60, 80))).tolist() == [-1, 2]


def test_cover_counts_known_pixels(superpixels):
    labels = np.where(TRUTH, 1, 0)
    labels[:, :10] = -1
    cover = cover_of_superpixels(labels, np.array([0, 1]), superpixels)
    assert cover.sum(axis=0) == pytest.approx([(labels == 0).sum(), (labels == 1).sum()])
    place, is_clear = targets(cover)
    assert is_clear.any()
    assert not is_clear.all()
    assert (superpixels.features[is_clear & (place == 1)].shape[0]) > 3


def test_mixed_superpixels_are_not_learnt():
    place, is_clear = targets(np.array([[9.0, 1.0], [1.0, 9.0], [5.0, 5.0], [0.0, 0.0], [0.0, 2.0]]))
    assert is_clear.tolist() == [True, True, False, False, True]
    assert place[[0, 1, 4]].tolist() == [0, 1, 1]


def test_overlap_by_hand():
    cover = np.array([[0.0, 4.0], [3.0, 2.0], [5.0, 1.0]])
    assert overlap_of_cover(np.array([True, False, True]), cover) == 5 / 12
    assert overlap_of_cover(np.array([False]), np.array([[3.0, 0.0]])) == 1
    assert np.isnan(overlap_of_cover(np.array([False]), np.array([[0.0, 0.0]])))


def test_a_cut_without_smoothing_takes_the_likelier(superpixels):
    likely = np.random.default_rng(0).uniform(0.01, 0.99, len(superpixels.areas))
    probability = np.stack([1 - likely, likely], axis=1)
    assert (cut_classes(superpixels, probability, 0.0, 0.0) == (likely > 0.5)).all()
    bias = np.log(0.8 / 0.2)
    assert (cut_classes(superpixels, probability, bias, 0.0) == (likely > 0.2)).all()
    three = np.random.default_rng(1).dirichlet(np.ones(3), len(superpixels.areas))
    assert (cut_classes(superpixels, three, 0.0, 0.0) == three.argmax(axis=1)).all()


def test_smoothing_drops_a_doubtful_island(superpixels):
    likely = np.full(len(superpixels.areas), 0.1)
    likely[0] = 0.52
    probability = np.stack([1 - likely, likely], axis=1)
    assert cut_classes(superpixels, probability, 0.0, 0.0).sum() == 1
    assert cut_classes(superpixels, probability, 0.0, 1.0).sum() == 0


def test_pixels_follow_the_edges_of_the_image(superpixels):
    place, _ = targets(cover_of_superpixels(TRUTH.astype(np.int32), np.array([0, 1]), superpixels))
    found = pixels_of_classes(superpixels, place, LAB, 2)
    assert np.mean(found == TRUTH) > 0.99
    assert (pixels_of_classes(superpixels, place, LAB, 3) == found).mean() > 0.99


def test_better_is_better_on_average():
    before = np.array([0.5, 0.6, np.nan, 0.9])
    assert is_right_more_often(before + 0.01, before, in_doubt=False)
    assert not is_right_more_often(before, before, in_doubt=False)
    assert not is_right_more_often(before - [0.2, 0, 0, -0.1], before, in_doubt=False)


def test_in_doubt_worse_by_two_standard_errors_is_too_much():
    before = np.full(4, 0.8)
    gains = np.array([-0.3, -0.2, -0.1, 0.0])  # mean -0.15, standard error 0.0645
    assert not is_right_more_often(before + gains, before, in_doubt=True)
    assert is_right_more_often(before + gains + 0.03, before, in_doubt=True)
    assert not is_right_more_often(before + gains + 0.03, before, in_doubt=False)


def test_overlap_of_a_class_counts_what_others_cover():
    cover = np.array([[4, 1, 0], [0, 6, 2], [3, 0, 3]])
    assert overlap_of_class(np.array([0, 1, 1]), cover, 1) == pytest.approx(6 / (6 + 2 + 6 + 1))
    assert overlap_of_class(np.array([0, 1, 1]), cover, 2) == 0
