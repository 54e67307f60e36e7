"""The watershed that parts touching objects."""

import numpy as np

from featkit.objects._watershed import flood_from_peaks


def test_basins_join_where_there_is_no_neck():
    depth = np.zeros((3, 12))
    depth[1, 1:11] = [2, 6, 5, 6, 3, 2, 3, 7, 3, 1]
    order = np.argsort(-depth.ravel(), kind="stable")[:10]
    assert flood_from_peaks(depth, order, 0.8)[1, 1:11].tolist() == [2, 2, 2, 2, 2, 2, 1, 1, 1, 1]
    assert flood_from_peaks(depth, order, 0.2)[1, 1:11].tolist() == [1] * 10
