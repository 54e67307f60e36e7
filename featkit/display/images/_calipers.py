"""Lines along which the length and the width of an outline are measured."""

import numpy as np
from scipy.spatial import ConvexHull


def caliper_lines(outline: np.ndarray) -> dict[str, np.ndarray]:
    """Ends of the longest line between two points of an outline, and of a shortest one across it.

    Parameters
    ----------
    outline : float ndarray (n_points, 2)
        Not all on one line.

    Returns
    -------
    lines : dict of str to float ndarray (2, 2)
        "length" and "width".
    """
    corners = outline[ConvexHull(outline).vertices]
    between = corners[:, np.newaxis] - corners
    first, second = np.unravel_index(np.argmax((between**2).sum(axis=2)), (len(corners), len(corners)))
    sides = np.roll(corners, -1, axis=0) - corners
    normals = np.column_stack([sides[:, 1], -sides[:, 0]]) / np.linalg.norm(sides, axis=1)[:, np.newaxis]
    distances = np.einsum("sd,scd->sc", normals, corners[np.newaxis] - corners[:, np.newaxis])  # of corners from sides
    furthest = np.abs(distances).argmax(axis=1)
    side = np.abs(distances[np.arange(len(sides)), furthest]).argmin()
    tip = corners[furthest[side]]
    foot = tip - distances[side, furthest[side]] * normals[side]
    return {"length": corners[[first, second]], "width": np.stack([tip, foot])}
