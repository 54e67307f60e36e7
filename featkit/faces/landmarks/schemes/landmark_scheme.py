"""Landmark schemes: number, mirror pairs and regions of the points of a face, and which of 300-W's they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ....exceptions import LandmarkFormatError
from ....parameters import InvalidParameterError

_N_300W = 68
_N_JAW = 17


@dataclass(frozen=True, kw_only=True, eq=False)
class LandmarkScheme:
    """An order of landmarks: their number, mirror pairs, regions, and which of them are points of 300-W.

    Parameters
    ----------
    name : str
        What it is called.
    n_points : int
        Number of points of an object.
    regions : mapping of str to sequence of int, default={}
        Points of each part. Faces have "jaw", "left_brow", "right_brow", "nose", "left_eye", "right_eye" and "mouth",
        left and right being those of the image.
    mirror : sequence of int (n_points,) or None, default=None
        Which point of the object point k of its mirror image is; None: not known.
    lines : sequence of sequence of int, default=()
        Points that displays join by lines; a line that ends with its first point is closed.
    counterparts : mapping of int to int or tuple of int, default={}
        Point of 300-W (0 to 67): the point here that is the same one, or the points whose mean it is. What is measured
        and described of a face is told from them.
    eyes : (sequence of int, sequence of int) or None, default=None
        Points whose means are the middles of the left and of the right eye; None: those that 300-W's points of the eyes
        are, where all are known, else the regions "left_eye" and "right_eye".
    jaw_line : sequence of int, default=()
        A line from ear to ear, from the left of the image to its right, on which 300-W's points of the jaw are laid at
        equal distances, where the points here are others.
    chin : int or None, default=None
        The point of `jaw_line` that is the chin.
    described : str, default=""
        What the points are, for messages.

    Raises
    ------
    InvalidParameterError
        When a number is no point, or `mirror` is no pairing that regions agree with.

    See Also
    --------
    landmark_scheme : A scheme that is known by name.
    featkit.faces.exchange.convert_landmarks : The 68 points of 300-W from those of another scheme.
    featkit.faces.landmarks.mirror_landmarks : Landmarks in the mirrored image, by ``scheme.mirror``.
    featkit.display.LandmarkSchemeDisplay : Draws a scheme with its numbers.

    Examples
    --------
    The four points of a predictor of one's own: middles of the eyes, corners of the mouth.

    >>> from featkit.faces.description import align_face
    >>> from featkit.faces.landmarks import LandmarkScheme
    >>> scheme = LandmarkScheme(name="mine", n_points=4, mirror=(1, 0, 3, 2), eyes=((0,), (1,)),
    ...                         regions={"mouth": (2, 3)}, counterparts={48: 2, 54: 3})
    >>> scheme.mouth_corners
    (2, 3)
    >>> import numpy as np
    >>> points = [[40, 40], [40, 60], [65, 43], [65, 57]]
    >>> align_face(np.zeros((100, 100)), points, height=32, width=32, scheme=scheme).shape
    (32, 32, 4)
    """

    name: str
    n_points: int
    regions: Mapping[str, Sequence[int]] = field(default_factory=dict)
    mirror: Sequence[int] | None = None
    lines: Sequence[Sequence[int]] = ()
    counterparts: Mapping[int, Any] = field(default_factory=dict)
    eyes: tuple[Sequence[int], Sequence[int]] | None = None
    jaw_line: Sequence[int] = ()
    chin: int | None = None
    described: str = ""

    def __post_init__(self) -> None:
        counterparts = {
            int(number): (points,) if isinstance(points, int) else tuple(points)
            for number, points in self.counterparts.items()
        }
        self._set(
            regions={name: tuple(points) for name, points in self.regions.items()},
            mirror=None if self.mirror is None else tuple(self.mirror),
            lines=tuple(tuple(line) for line in self.lines),
            counterparts=dict(sorted(counterparts.items())),
            eyes=None if self.eyes is None else (tuple(self.eyes[0]), tuple(self.eyes[1])),
            jaw_line=tuple(self.jaw_line),
            described=self.described or f'those of the scheme "{self.name}"',
        )
        self._check_numbers()
        self._check_mirror()
        if self.eyes is None:
            self._set(eyes=self._eyes_by_parts())

    def _set(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _check_numbers(self) -> None:
        if not isinstance(self.n_points, int) or self.n_points < 1:
            raise InvalidParameterError(f"Expected 'n_points' to be a number of points, got {self.n_points!r}.")
        groups: list[tuple[str, Iterable[Sequence[int]]]] = [
            ("regions", self.regions.values()),
            ("lines", self.lines),
            ("counterparts", self.counterparts.values()),
            ("eyes", self.eyes or ()),
            ("jaw_line", [self.jaw_line]),
        ]
        for name, runs in groups:
            wrong = [point for run in runs for point in run if not 0 <= point < self.n_points]
            if wrong:
                raise InvalidParameterError(
                    f"Expected '{name}' to hold points 0 to {self.n_points - 1} of the scheme, got {wrong[0]!r}."
                )
        if not set(self.counterparts) <= set(range(_N_300W)):
            raise InvalidParameterError(f"Expected 'counterparts' of points 0 to 67, got {sorted(self.counterparts)}.")
        if (self.jaw_line or self.chin is not None) and self.chin not in self.jaw_line:
            raise InvalidParameterError(f"Expected 'chin' to be a point of 'jaw_line', got {self.chin!r}.")

    def _check_mirror(self) -> None:
        if self.mirror is None:
            return
        if sorted(self.mirror) != list(range(self.n_points)) or any(
            self.mirror[other] != point for point, other in enumerate(self.mirror)
        ):
            raise InvalidParameterError(
                f"Expected 'mirror' to pair the {self.n_points} points: each named once, and point k that of point "
                f"mirror[k], got {self.mirror!r}."
            )
        for name, points in self.regions.items():
            swapped = name.replace("left_", "right_") if name.startswith("left_") else name.replace("right_", "left_")
            if swapped in self.regions and {self.mirror[point] for point in points} != set(self.regions[swapped]):
                raise InvalidParameterError(
                    f"Expected 'mirror' to lead from the points of the region {name!r} to those of {swapped!r}."
                )

    def _eyes_by_parts(self) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        eyes = []
        for numbers, region in ((range(36, 42), "left_eye"), (range(42, 48), "right_eye")):
            if all(number in self.counterparts for number in numbers):
                eyes.append(tuple(point for number in numbers for point in self.counterparts[number]))
            elif region in self.regions:
                eyes.append(tuple(self.regions[region]))
        return (eyes[0], eyes[1]) if len(eyes) == 2 else None

    @property
    def eye_corners(self) -> tuple[int, ...] | None:
        """Outer and inner corner of the left eye, inner and outer corner of the right one; None: not marked."""
        return self._points((36, 39, 42, 45))

    @property
    def nose_tip(self) -> int | None:
        """Tip of the nose; None: not marked."""
        tip = self._points((30,))
        return tip[0] if tip else None

    @property
    def mouth_corners(self) -> tuple[int, ...] | None:
        """Left and right corner of the mouth; None: not marked."""
        return self._points((48, 54))

    def _points(self, numbers: Sequence[int]) -> tuple[int, ...] | None:
        points = [self.counterparts.get(number, ()) for number in numbers]
        return tuple(each[0] for each in points) if all(len(each) == 1 for each in points) else None

    @cached_property
    def known(self) -> frozenset[int]:
        """Points of 300-W that are told from those of this scheme."""
        return frozenset(self.counterparts) | (frozenset(range(_N_JAW)) if self.jaw_line else frozenset())

    def middles_of_eyes(self, points: np.ndarray) -> np.ndarray:
        """Middles of the left and of the right eye.

        Parameters
        ----------
        points : ndarray (..., n_points, 2)
            (row, col) of the points.

        Returns
        -------
        middles : float64 ndarray (..., 2, 2)
            (row, col) of the left and of the right eye.
        """
        if self.eyes is None:
            raise LandmarkFormatError(
                f'Expected a scheme that names the points of the eyes, got "{self.name}": LandmarkScheme has `eyes`.'
            )
        return np.stack([points[..., list(eye), :].mean(axis=-2) for eye in self.eyes], axis=-2)

    def in_300w(self, points: np.ndarray) -> np.ndarray:
        """Convert points to the 68 of 300-W.

        Parameters
        ----------
        points : ndarray (n_shapes, n_points, 2)
            (row, col) of the points.

        Returns
        -------
        converted : float64 ndarray (n_shapes, 68, 2)
            NaN where a point is missing or the scheme has none that is the same.
        """
        if self.name == "300w":
            return points
        converted = np.full((len(points), _N_300W, 2), np.nan)
        for number, sources in self.counterparts.items():
            converted[:, number] = points[:, list(sources)].mean(axis=1)
        if self.chin is not None:
            line = points[:, list(self.jaw_line)]
            half, chin = _N_JAW // 2 + 1, self.jaw_line.index(self.chin)
            converted[:, :half] = evenly_along(line[:, : chin + 1], half)
            converted[:, half - 1 : _N_JAW] = evenly_along(line[:, chin:], half)
        return converted


def evenly_along(lines: np.ndarray, n_points: int) -> np.ndarray:
    """Points at equal distances along polygonal lines (n_lines, n_corners, 2); NaN where a corner is missing."""
    lengths = np.linalg.norm(np.diff(lines, axis=1), axis=2)
    places = np.concatenate([np.zeros((len(lines), 1)), np.cumsum(lengths, axis=1)], axis=1)
    result = np.full((len(lines), n_points, 2), np.nan)
    for index in np.flatnonzero(np.isfinite(places[:, -1])):
        wanted = np.linspace(0, places[index, -1], n_points)
        for axis in range(2):
            result[index, :, axis] = np.interp(wanted, places[index], lines[index, :, axis])
    return result
