"""Co-occurrence matrices: the example of the paper."""

import numpy as np

from featkit.features.texture import cooccurrence_matrix


def test_matrix_of_the_paper():
    image = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [0, 2, 2, 2], [2, 2, 3, 3]], np.uint8) * 64
    counts = {  # figure 3 of Haralick, Shanmugam and Dinstein 1973; its 45 degrees rise, here rows grow downwards
        0: [[4, 2, 1, 0], [2, 4, 0, 0], [1, 0, 6, 1], [0, 0, 1, 2]],
        90: [[6, 0, 2, 0], [0, 4, 2, 0], [2, 2, 2, 2], [0, 0, 2, 0]],
        45: [[2, 1, 3, 0], [1, 2, 1, 0], [3, 1, 0, 2], [0, 0, 2, 0]],
        135: [[4, 1, 0, 0], [1, 2, 2, 0], [0, 2, 4, 1], [0, 0, 1, 0]],
    }
    for angle, expected in counts.items():
        found = cooccurrence_matrix(image, n_levels=4, angle=angle)
        np.testing.assert_allclose(found, np.array(expected) / np.sum(expected))
