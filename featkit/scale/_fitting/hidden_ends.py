"""Whether something lies over an end of a ruler."""

import numpy as np

MARGIN = 0.15  # of the width of the ruler: distance at which the background is looked at, and
LEAST_MARGIN = 4.0  # pixels
OTHER_COLOR = 0.15  # of reflectance: something else is there


def has_hidden_end(rgb: np.ndarray, corners: np.ndarray) -> bool:
    """Whether ends of a ruler differ in color, or what is beyond an end from what is beside it.

    Colors are compared as reflectances, beside the background around each end, so that a shadow is none.

    Parameters
    ----------
    rgb : uint8 ndarray (height, width, 3)
    corners : float ndarray (4, 2)
        (row, col), in order around, the first side a long one.

    Returns
    -------
    is_hidden : bool
    """
    first, second, third, fourth = corners
    lengths = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    length, width = lengths[[0, 2]].mean(), lengths[[1, 3]].mean()
    margin = max(MARGIN * width, LEAST_MARGIN)
    beyond, beside = margin / length, margin / width

    def levels(along: np.ndarray, across: np.ndarray) -> np.ndarray:
        upper, lower = (one + along[:, np.newaxis] * (two - one) for one, two in ((first, second), (fourth, third)))
        places = np.rint(upper + across[:, np.newaxis, np.newaxis] * (lower - upper)).astype(int).reshape(-1, 2)
        places = places[((places >= 0) & (places < rgb.shape[:2])).all(axis=1)]
        return np.median(rgb[places[:, 0], places[:, 1]], axis=0) if len(places) else np.full(3, np.nan)

    inner, outer = np.linspace(0.1, 0.9, 21), np.array([-1.3 * beside, -beside, 1 + beside, 1 + 1.3 * beside])
    ends = []
    for start, end, out in ((0.04, 0.2, -beyond), (0.8, 0.96, 1 + beyond)):
        along = np.linspace(start, end, 40)
        around = levels(along, outer)
        inside, after = levels(along, inner), levels(np.array([out]), inner)
        white = np.maximum(around, max(inside.max(), 1))
        ends.append(inside / white)
        if np.abs((after - around) / white).max() > OTHER_COLOR:
            return True
    return bool(np.abs(ends[0] - ends[1]).max() > OTHER_COLOR)
