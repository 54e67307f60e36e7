"""Inner corners of a checkerboard: saddle points of the gray levels, joined to a grid."""

import cv2
import numpy as np
from scipy.spatial import KDTree

from ...image.interpolation import interpolate_at

RING = 32  # points on a circle around a corner
RADIUS = 4.0  # pixels of that circle
SMOOTHING = 1.2  # pixels
LEAST_FRACTION = 0.6  # of the variance on the circle that two dark and two light quarters explain; 0.81 without blur
LEAST_AMPLITUDE = 6.0  # gray levels
OFF_GRID = 0.25  # of the step, how far a corner may lie from where its neighbors say
MOST_SADDLES = 4000
MOST_SEEDS = 40


def checkerboard_grid(gray: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Find the largest grid of checkerboard corners.

    Parameters
    ----------
    gray : uint8 ndarray (height, width)

    Returns
    -------
    points : float64 ndarray (n, 2)
        (row, col) to about half a pixel.
    numbers : int ndarray (n, 2)
        Row and column of each corner in the grid; the grid is not mirrored and turned by at most 45 degrees.
    None where there is no grid of 3 x 3 corners.
    """
    points, phases = _saddles(gray)
    if len(points) < 9:
        return None
    tree = KDTree(points)
    best: dict[tuple[int, int], int] = {}
    used: set[int] = set()
    for seed in range(min(len(points), MOST_SEEDS)):
        if seed in used:
            continue
        grid = _grown(seed, points, phases, tree)
        used.update(grid.values())
        best = max(best, grid, key=len)
    numbers = np.array(list(best)).reshape(-1, 2)
    if len(numbers) < 9 or (np.ptp(numbers, axis=0) < 2).any():
        return None
    return points[list(best.values())], numbers - numbers.min(axis=0)


def _saddles(gray: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Saddle points and their phases (complex, on the unit circle): opposite where dark and light change places."""
    smooth = cv2.GaussianBlur(gray.astype(np.float32), (0, 0), SMOOTHING)
    row_row = cv2.Sobel(smooth, cv2.CV_32F, 0, 2)
    col_col = cv2.Sobel(smooth, cv2.CV_32F, 2, 0)
    row_col = cv2.Sobel(smooth, cv2.CV_32F, 1, 1)
    response = row_col * row_col - row_row * col_col
    is_peak = (response == cv2.dilate(response, np.ones((5, 5), np.uint8))) & (response > 0.01 * response.max())
    rows, cols = np.nonzero(is_peak)
    strongest = np.argsort(-response[rows, cols], kind="stable")[:MOST_SADDLES]
    points = np.column_stack([rows, cols])[strongest].astype(np.float64)
    angles = 2 * np.pi * np.arange(RING) / RING
    ring = RADIUS * np.stack([np.sin(angles), np.cos(angles)])
    at = (points[:, axis, np.newaxis] + ring[axis] for axis in (0, 1))
    levels = interpolate_at(smooth, *(place.astype(np.float32) for place in at)).astype(np.float64)
    spectrum = np.fft.rfft(levels, axis=1)
    power = np.abs(spectrum[:, 1:]) ** 2
    fraction = power[:, 1] / np.maximum(power.sum(axis=1), 1e-9)
    amplitude = 2 * np.abs(spectrum[:, 2]) / RING
    good = (fraction > LEAST_FRACTION) & (amplitude > LEAST_AMPLITUDE)
    phases = spectrum[good, 2]
    return points[good], phases / np.abs(phases)


def _grown(seed: int, points: np.ndarray, phases: np.ndarray, tree: KDTree) -> dict[tuple[int, int], int]:
    """Index of the saddle at each position of the grid that holds a saddle."""
    dark = -np.angle(phases[seed]) / 2  # of the light quarters; edges run at 45 degrees from it
    edges = dark + np.pi / 4 * np.array([1, -1])
    axes = np.stack([np.sin(edges), np.cos(edges)], 1)
    down = np.abs(axes[:, 0]).argmax()
    axes = axes[[down, 1 - down]]
    axes *= np.sign(axes[[0, 1], [0, 1]])[:, np.newaxis]  # first axis down, second to the right
    down_step, right_step = (_step(seed, axis, points, phases) for axis in axes)
    if down_step is None or right_step is None:
        return {}
    steps = (down_step, right_step)
    grid = {(0, 0): seed}
    queue = [(0, 0)]
    while queue:
        i, j = queue.pop(0)
        for axis, (di, dj) in enumerate(((1, 0), (-1, 0), (0, 1), (0, -1))):
            place = i + di, j + dj
            if place in grid:
                continue
            step = steps[axis // 2] * (di + dj)
            for before, after in (
                ((i - di, j - dj), (i, j)),
                ((i - dj, j - di), (place[0] - dj, place[1] - di)),
                ((i + dj, j + di), (place[0] + dj, place[1] + di)),
            ):
                if before in grid and after in grid:
                    step = points[grid[after]] - points[grid[before]]
                    break
            expected = points[grid[i, j]] + step
            distance, found = (np.asarray(number).item() for number in tree.query(expected))
            opposite = (phases[found] * np.conj(phases[grid[i, j]])).real < -0.6
            if distance < OFF_GRID * np.hypot(*step) and opposite and found not in grid.values():
                grid[place] = int(found)
                queue.append(place)
    return grid


def _step(seed: int, axis: np.ndarray, points: np.ndarray, phases: np.ndarray) -> np.ndarray | None:
    """From a corner to its nearest neighbor along an axis, either way."""
    moved = points - points[seed]
    distances = np.hypot(*moved.T)
    along = moved @ axis
    near = (np.abs(along) > 0.95 * distances) & (distances > 0) & ((phases * np.conj(phases[seed])).real < -0.6)
    if not near.any():
        return None
    candidates = np.flatnonzero(near)
    nearest = candidates[distances[candidates].argmin()]
    return moved[nearest] * np.sign(along[nearest])
