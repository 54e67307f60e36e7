"""What all displays share: a figure of their own or axes that are given, and showing themselves in a notebook."""

import io

import numpy as np

from .._optional import require


class Display:
    """Base of the displays: `plot` draws and keeps ``figure_``; a notebook shows the figure."""

    def _one_axes(self, ax, size):
        """Axes to draw on: the one that is given, or that of a new figure of this size (inches)."""
        return self._row_of_axes(None if ax is None else [ax], 1, size)[0]

    def _row_of_axes(self, ax, n_axes, size):
        if ax is None:
            # not pyplot, which keeps every figure alive and wants a screen
            self.figure_ = require("matplotlib.figure", extra="plot").Figure(figsize=size, layout="constrained")
            return self.figure_.subplots(1, n_axes, squeeze=False)[0]
        axes = np.ravel(ax)
        if len(axes) != n_axes:
            raise ValueError(f"Expected {n_axes} axes for {type(self).__name__}, got {len(axes)}.")
        self.figure_ = axes[0].figure
        return axes

    def _repr_png_(self):
        buffer = io.BytesIO()
        self.figure_.savefig(buffer, format="png", dpi=110)
        return buffer.getvalue()
