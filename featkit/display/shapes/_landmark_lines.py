"""Landmarks joined by the lines of their scheme."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_lines(
    axis: "Axes", points: np.ndarray, lines: Sequence[Sequence[int]], color: str, *, size: float = 2.5
) -> None:
    """Draw points (n_points, 2) as dots, and the lines between them; points that no line holds are smaller dots."""
    on_lines = {point for line in lines for point in line}
    others = [point for point in range(len(points)) if point not in on_lines]
    if others:
        axis.plot(points[others, 1], points[others, 0], ".", color=color, markersize=size / 2)
    for line in lines:
        axis.plot(points[list(line), 1], points[list(line), 0], ".-", color=color, markersize=size, linewidth=1)
