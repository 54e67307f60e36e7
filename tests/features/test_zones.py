"""Zones of a level image: the components of every level, as scipy numbers them."""

import numpy as np
import pytest
from scipy import ndimage

from featkit.features._zones import zones_of_levels


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (12, 17), (40, 3)])
def test_zones_are_the_components_of_every_level(shape):
    levels = np.random.default_rng(sum(shape)).integers(0, 4, shape).astype(np.uint16)
    found = sorted(zip(*(values.tolist() for values in zones_of_levels(levels, 3))))  # level 3 is outside
    expected = []
    for level in range(3):
        labels, count = ndimage.label(levels == level, structure=np.ones((3, 3)))
        expected += [(level, int((labels == label).sum())) for label in range(1, count + 1)]
    assert found == sorted(expected)


def test_nothing_inside_is_no_zone():
    level, area = zones_of_levels(np.full((4, 5), 7, np.uint16), 7)
    assert len(level) == len(area) == 0
