"""Landmarks of a video smoothed over time: the one-euro filter."""

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from ...parameters import FROM_0, Interval, check_number
from .shapes import MISSING, check_landmarks, size, to_complex, to_table

_POSITIVE = Interval(Real, 0, None, closed="neither")
_SPEED_CUTOFF = 1.0  # Hz, of the low-pass filter of the speed, as in the paper


def smooth_landmarks(
    landmarks: ArrayLike, *, frame_rate: float, min_cutoff: float = 1.0, beta: float = 5.0
) -> np.ndarray:
    """Smooth the landmarks of a video over time by the one-euro filter: steady at rest, prompt in motion.

    Parameters
    ----------
    landmarks : array-like (n_frames, 2 * n_points)
        Row, column, row, column, ... in every frame, in order; NaN where a point is missing.
    frame_rate : float > 0
        Frames per second.
    min_cutoff : float > 0, default=1.0
        Cutoff frequency in Hz of the low-pass filter of a point at rest: lower values remove more jitter and lag more.
    beta : float >= 0, default=5.0
        By how many Hz the cutoff rises for each size of the shape (root mean square distance of its points from their
        mean) that the point travels in a second: higher values lag less in motion. 0 smooths at one cutoff.

    Returns
    -------
    smoothed : float64 ndarray (n_frames, 2 * n_points)
        Each row depends on that frame and those before. NaN where a point is missing; behind a gap the filter goes on,
        weighing the last position by the time that has passed.

    Raises
    ------
    LandmarkFormatError
        When it is no such table.

    See Also
    --------
    face_landmarks : Finds the landmarks of a frame.
    featkit.faces.description.eye_aspect_ratio : Openings of the eyes, in which blinks show.

    Notes
    -----
    A blink lasts some five frames of 30 per second and is flattened by smoothing at a low cutoff: measure openings of
    eyes on the landmarks as they were found, or with a large `beta`. Give the landmarks of one face only: where the
    scene changes, begin anew.

    References
    ----------
    Casiez, Roussel and Vogel 2012, "1 euro filter: a simple speed-based low-pass filter for noisy input in interactive
    systems", doi:10.1145/2207676.2208639.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.faces.landmarks import smooth_landmarks
    >>> shape = np.array([0.0, 0, 0, 100, 100, 50])
    >>> found = shape + np.random.default_rng(0).normal(size=(90, 6))
    >>> smoothed = smooth_landmarks(found, frame_rate=30)
    >>> [round(float(each.std()), 2) for each in (found - shape, smoothed - shape)]
    [1.01, 0.45]
    """
    frame_rate = check_number("frame_rate", frame_rate, _POSITIVE)
    min_cutoff = check_number("min_cutoff", min_cutoff, _POSITIVE)
    beta = check_number("beta", beta, FROM_0)
    shapes = to_complex(check_landmarks(landmarks))
    smoothed = np.full(shapes.shape, MISSING)
    position, speed = np.full(shapes.shape[1], MISSING), np.zeros(shapes.shape[1], dtype=np.complex128)
    elapsed = np.zeros(shapes.shape[1])  # seconds since each point was seen
    for frame, (shape, extent) in enumerate(zip(shapes, size(shapes)[:, 0], strict=True)):
        elapsed += 1 / frame_rate
        seen = ~np.isnan(shape)
        goes_on = seen & ~np.isnan(position)
        step = elapsed[goes_on]
        moved = (shape[goes_on] - position[goes_on]) / step
        kept = _weight(step, _SPEED_CUTOFF)
        speed[goes_on] = kept * moved + (1 - kept) * speed[goes_on]
        cutoff = min_cutoff + (beta * np.abs(speed[goes_on]) / extent if extent > 0 else 0.0)
        weight = _weight(step, cutoff)
        position[goes_on] = weight * shape[goes_on] + (1 - weight) * position[goes_on]
        begins = seen & ~goes_on
        position[begins] = shape[begins]
        elapsed[seen] = 0
        smoothed[frame, seen] = position[seen]
    return to_table(smoothed)


def _weight(step, cutoff):
    """Weight of a new value after a time in an exponential filter of a cutoff frequency."""
    return 1 / (1 + 1 / (2 * np.pi * cutoff * step))
