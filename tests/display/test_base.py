"""Displays draw on axes of their own or on those that are given, and show themselves in a notebook."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from featkit.display.base import Display


class Dots(Display):
    def __init__(self, n_axes):
        self.n_axes = n_axes

    def plot(self, ax=None):
        self.axes_ = self._grid_of_axes(ax, self.n_axes, 3, (2, 1))
        return self


@pytest.mark.parametrize(("n_axes", "inches"), [(1, (2, 1)), (3, (6, 1)), (4, (6, 2))])
def test_a_grid_has_as_many_axes_as_asked_for(n_axes, inches):
    display = Dots(n_axes).plot()
    assert len(display.axes_) == len(display.figure_.axes) == n_axes
    assert display.figure_.get_size_inches() == pytest.approx(inches)


def test_given_axes_are_drawn_on_and_counted():
    axes = Figure().subplots(2, 2)
    assert Dots(4).plot(axes).figure_ is axes[0, 0].figure
    assert np.array_equal(Dots(4).plot(axes).axes_, axes.ravel())
    with pytest.raises(ValueError, match="Expected 3 axes for Dots, got 4"):
        Dots(3).plot(axes)


def test_a_notebook_shows_what_was_not_yet_drawn():
    assert Dots(2)._repr_png_().startswith(b"\x89PNG")
