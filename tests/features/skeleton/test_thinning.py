"""Skeletons: thin, in one piece, with their tips and their longest path."""

import cv2
import numpy as np
import pytest
from skimage.measure import label
from skimage.morphology import skeletonize

from featkit.features.skeleton._thinning import DELETABLE, ROUNDS, longest_path, skeleton_of, tips_and_branches


def n_parts(window):
    return label(window, connectivity=2).max()


def test_what_may_be_deleted_is_what_holds_nothing_together():
    for pattern in range(256):
        window = np.zeros((5, 5), dtype=int)
        for k, (down, right) in enumerate(ROUNDS):
            window[2 + down, 2 + right] = pattern >> k & 1
        without = window.copy()
        window[2, 2] = 1
        holes = [label(1 - image, connectivity=1).max() for image in (window, without)]
        holds_nothing = n_parts(window) == n_parts(without) and holes[0] == holes[1]
        assert DELETABLE[pattern] == (holds_nothing and bin(pattern).count("1") >= 2)


@pytest.mark.parametrize("seed", range(6))
def test_skeleton_is_thin_and_in_one_piece(seed):
    rng = np.random.default_rng(seed)
    smooth = cv2.GaussianBlur(rng.normal(size=(120, 120)), (0, 0), 6)
    mask = label(smooth > 0, connectivity=2)
    mask = np.pad(mask == np.bincount(mask.ravel())[1:].argmax() + 1, 2)
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    mask = cv2.drawContours(np.zeros(mask.shape, np.uint8), contours, -1, 1, cv2.FILLED) > 0
    skeleton, half_widths = skeleton_of(mask)
    assert not skeleton[~mask].any()
    assert label(skeleton, connectivity=2).max() == 1
    assert (skeletonize(skeleton > 0) == (skeleton > 0)).mean() > 0.999
    deepest = np.array([half_widths[pixel] for pixel in zip(*np.nonzero(skeleton))]).max()
    assert deepest > 0.85 * half_widths.max()


def test_longest_path_and_tips_by_hand():
    letter = np.zeros((12, 12), np.uint8)
    letter[2:9, 3] = 1
    letter[5, 4:9] = 1
    path = longest_path(letter)
    assert {tuple(path[0]), tuple(path[-1])} <= {(2, 3), (8, 3), (5, 8)}
    assert (5, 8) in {tuple(path[0]), tuple(path[-1])}
    assert tips_and_branches(letter) == (3, 1)
