"""What all displays share: a figure of their own or axes that are given, and showing themselves in a notebook."""

import io
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

import numpy as np

from .._optional import require

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Display(ABC):
    """Base of the displays: `plot` draws and keeps ``figure_``; a notebook shows the figure."""

    figure_: "Figure"

    @abstractmethod
    def plot(self) -> Self:
        """Draw; every display has its own."""

    def _one_axes(self, ax: "Axes | None", size: tuple[float, float]) -> "Axes":
        """Axes to draw on: the one that is given, or that of a new figure of this size (inches)."""
        return self._grid_of_axes(ax, 1, 1, size)[0]

    def _grid_of_axes(
        self, ax: "Axes | np.ndarray | None", n_axes: int, n_columns: int, size: tuple[float, float]
    ) -> np.ndarray:
        """As many axes as are needed: those that are given, or a grid in a new figure, each of this size (inches)."""
        if ax is not None:
            axes = np.ravel(np.asarray(ax))
            if len(axes) != n_axes:
                raise ValueError(f"Expected {n_axes} axes for {type(self).__name__}, got {len(axes)}.")
            self.figure_ = axes[0].figure
            return axes
        n_columns = min(n_columns, n_axes)
        n_rows = -(-n_axes // n_columns)
        # not pyplot, which keeps every figure alive and wants a screen
        figure = require("matplotlib.figure", extra="plot").Figure
        self.figure_ = figure(figsize=(size[0] * n_columns, size[1] * n_rows), layout="constrained")
        axes = self.figure_.subplots(n_rows, n_columns, squeeze=False).ravel()
        for unused in axes[n_axes:]:
            unused.remove()
        return axes[:n_axes]

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        figure = self.figure_ if hasattr(self, "figure_") else self.plot().figure_
        figure.savefig(buffer, format="png", dpi=80)
        return buffer.getvalue()
