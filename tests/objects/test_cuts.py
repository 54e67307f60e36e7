"""Cuts between the dents of an outline."""

import numpy as np

from featkit.objects._cuts import cut_at_narrowest_neck, find_dents


def test_cuts_join_two_dents():
    row, col = np.mgrid[:60, :110]
    mask = np.minimum(np.hypot(row - 30, col - 35), np.hypot(row - 30, col - 65)) <= 20
    contour, dents = find_dents(mask)
    assert sorted(contour[dents, 0].tolist()) == [50, 50]
    (top, left, one), (_, other_left, other) = cut_at_narrowest_neck(mask, 0.85, 0)
    assert (top, min(left, other_left)) == (10, 15)
    assert one.sum() + other.sum() == mask.sum()
    assert cut_at_narrowest_neck(mask, 0.5, 0) is None
    assert cut_at_narrowest_neck(mask, 0.85, 1500) is None
