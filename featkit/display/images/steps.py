"""One image after every step of a pipeline."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, is_classifier
from sklearn.pipeline import Pipeline

from ...exceptions import ImageFormatError
from ...image.batches import check_images
from .._curves import plain_text
from ..base import Display
from ..checkerboard import draw_on_checkerboard

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class StepsDisplay(Display):
    """Intermediate results of a fitted pipeline on one image: the image after every step, then its feature row.

    Parameters
    ----------
    steps : list of (str, ndarray)
        Title and image, or title and feature row (one axis).

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes
        One for each step.

    See Also
    --------
    ExplanationDisplay : Why a linear classifier decides as it does.
    draw_on_checkerboard : How transparent pixels are shown.

    Examples
    --------
    >>> from featkit import RawPixels, Resizer
    >>> from featkit.display import StepsDisplay
    >>> from skimage.data import chelsea
    >>> from sklearn.pipeline import make_pipeline
    >>> pipeline = make_pipeline(Resizer(height=16, width=24), RawPixels()).fit([chelsea()])
    >>> display = StepsDisplay.from_pipeline(pipeline, chelsea())
    >>> [title for title, _ in display.steps]
    ['image', 'Resizer', 'RawPixels']
    """

    def __init__(self, steps: Sequence[tuple[str, np.ndarray]]) -> None:
        self.steps = steps

    @classmethod
    def from_pipeline(cls, pipeline: BaseEstimator, image: Any) -> Self:
        """Run one image through a fitted pipeline and draw what comes out of every step.

        Parameters
        ----------
        pipeline : Pipeline
            Fitted. A classifier at its end gives its decision as the title of the features.
        image : ndarray or whatever the first step reads
            The image to run through.

        Returns
        -------
        display : StepsDisplay
            The display, drawn.
        """
        return cls(steps_of(pipeline, image)).plot()

    def plot(self, ax: "Axes | np.ndarray | None" = None) -> Self:
        """Draw the strip.

        Parameters
        ----------
        ax : array of matplotlib Axes or None, default=None
            One for each step; None makes a figure.

        Returns
        -------
        self : StepsDisplay
            The display, drawn.
        """
        self.axes_ = self._grid_of_axes(ax, len(self.steps), len(self.steps), (2.4, 2.6))
        for axis, (title, result) in zip(self.axes_, self.steps, strict=True):
            axis.set_title(plain_text(title), fontsize=9)
            if result.ndim == 1:
                axis.plot(result, linewidth=0.7)
                axis.set_xlabel(f"{len(result)} features", fontsize=8)
                axis.tick_params(labelsize=7)
            else:
                axis.imshow(draw_on_checkerboard(result), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
                axis.set_axis_off()
        return self


def steps_of(pipeline: BaseEstimator, image: Any) -> list[tuple[str, np.ndarray]]:
    """Title and outcome of every step of a fitted pipeline on one image, the image first."""
    steps: list[tuple[str, np.ndarray]] = []
    current: Any = [image]
    if isinstance(image, np.ndarray):
        steps.append(("image", image))
    for step in _flat_steps(pipeline):
        if is_classifier(step):
            title, row = steps[-1]
            steps[-1] = (f"{title} → {step.predict(current)[0]}", row)
        else:
            current = step.transform(current)
            steps.append((type(step).__name__, _first_picture_or_row(current)))
    return steps


def _flat_steps(step: Any) -> list[BaseEstimator]:
    """The steps of a pipeline and of those within it, in order."""
    if isinstance(step, Pipeline):
        return [part for _, inner in step.steps for part in _flat_steps(inner)]
    return [] if step is None or step == "passthrough" else [step]


def _first_picture_or_row(results: Any) -> np.ndarray:
    try:
        return check_images(results)[0]
    except ImageFormatError:
        return np.asarray(results, dtype=np.float64)[0]
