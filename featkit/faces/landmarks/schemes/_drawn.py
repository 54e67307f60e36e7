"""A drawn face: where the points of the schemes that are known by name lie on it, for pictures."""

import numpy as np

from ....exceptions import LandmarkFormatError
from ._lines import CLOSED, DEFINITIONS

# Distances of the eyes' middles: the middle of each curve (right, down), half its width, its heights above and below.
_OVALS = {
    "eye": (0.5, 0.0, 0.24, 0.12, 0.09),
    "iris": (0.5, -0.01, 0.075, 0.075, 0.075),
    "outer_lips": (0.0, 1.1, 0.42, 0.16, 0.2),
    "inner_lips": (0.0, 1.1, 0.32, 0.045, 0.06),
}


def _on_oval(name, part):
    """Points of a closed curve from its left corner over the top, (right, down) at parts 0 to 1 of a turn."""
    middle, level, width, above, below = _OVALS[name]
    up = np.sin(2 * np.pi * part)
    return np.stack([middle - width * np.cos(2 * np.pi * part), level - np.where(up > 0, above, below) * up], axis=1)


def _on_brow(part, level):
    return np.stack([0.24 + 0.66 * part, level - 0.13 * np.sin(np.pi * (0.15 + 0.75 * part)) + 0.05 * part], axis=1)


def _on_jaw(part):
    turn = np.pi * part
    return np.stack([-1.12 * np.cos(turn) * (1 - 0.12 * np.sin(turn)), 1.78 * np.sin(turn) ** 0.9], axis=1)


def _on_nose(part):
    """The outline from beside the left eye round the wings and the base to beside the right eye."""
    corners = np.array([(-0.14, 0.05), (-0.2, 0.42), (-0.29, 0.62), (-0.2, 0.72), (0.0, 0.78)])
    corners = np.concatenate([corners, corners[-2::-1] * (-1, 1)])
    along = np.linspace(0, 1, len(corners))
    return np.stack([np.interp(part, along, corners[:, axis]) for axis in (0, 1)], axis=1)


def _straight(part, first, last):
    return np.asarray(first) + np.outer(part, np.subtract(last, first))


_CURVES = {
    "jaw": _on_jaw,
    "forehead": lambda part: _on_jaw(part) * (1, -0.62),
    "chin": _on_jaw,
    "brow": lambda part: _on_brow(part, -0.3),
    "brow_below": lambda part: _on_brow(part, -0.2),
    "nose_bridge": lambda part: _straight(part, (0, 0), (0, 0.6)),
    "nose_tip": lambda part: _straight(part, (0, 0.6), (0, 0.6)),
    "nose_base": lambda part: _on_nose(0.35 + 0.3 * part),
    "nose_outline": _on_nose,
    "eye_corners": lambda part: _on_oval("eye", part / 2),
    "pupil": lambda part: _straight(part, (0.48, -0.03), (0.52, 0.01)),
    "upper_lip": lambda part: _on_oval("outer_lips", part / 2),
    "lower_lip": lambda part: _on_oval("outer_lips", 1 - part / 2),
    "mouth_corners": lambda part: _on_oval("outer_lips", part / 2),
    "mouth_middle": lambda part: _straight(part, (0, 1.055), (0, 1.16)),
}


def drawn_face(name: str) -> np.ndarray:
    """Points (n_points, 2) of a scheme on the drawn face, (row, column); NaN for those that no line holds."""
    if name not in DEFINITIONS:
        raise LandmarkFormatError(
            f'Expected points of the scheme "{name}", of which there is no drawn face: give them.'
        )
    definition = DEFINITIONS[name]
    points = np.full((definition.n_points, 2), np.nan)
    for line_name, line in definition.lines.items():
        points[list(line)] = _on_line(line_name, len(line))[:, ::-1]
    return points


def _on_line(name, n_points):
    if name.startswith("left_"):  # mirrored, which also turns its direction
        return (_on_line("right_" + name.removeprefix("left_"), n_points) * (-1, 1))[_turned(name, n_points)]
    curve = name.removeprefix("right_")
    if name in CLOSED:
        return _on_oval(curve, np.arange(n_points) / n_points)
    first = 1 / (n_points + 1) if name == "lower_lip" else 0.0  # the corners are points of the upper one
    part = np.linspace(first, 1 - first, n_points) if n_points > 1 else np.array([0.5])
    return _CURVES[curve](part)


def _turned(name, n_points):
    if name in CLOSED:
        return (n_points // 2 - np.arange(n_points)) % n_points
    return np.arange(n_points) if name.endswith("_pupil") else np.arange(n_points)[::-1]
