"""Pictures of what a pipeline sees; the only file that knows matplotlib."""

import numpy as np
from sklearn.base import is_classifier
from sklearn.pipeline import Pipeline

from ._optional import require
from .exceptions import ImageFormatError
from .images import check_images, to_float

CHECKERS = (0.85, 0.65)  # gray levels of the board that shows through where a picture is transparent


def on_checkerboard(image, square=8):
    """Lay a picture with alpha on a checkerboard, so that one sees what is transparent.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    square : int, default=8
        Side of a field in pixels.

    Returns
    -------
    picture : float32 ndarray (height, width) or (height, width, 3)
        In [0, 1]; pictures without alpha are only converted.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import on_checkerboard
    >>> on_checkerboard(np.zeros((2, 2, 4), dtype=np.uint8), square=1)[..., 0]
    array([[0.85, 0.65],
           [0.65, 0.85]], dtype=float32)
    """
    picture = to_float(image)
    if picture.ndim == 2 or picture.shape[2] == 3:
        return picture
    rows, cols = np.indices(picture.shape[:2]) // square
    board = np.where((rows + cols) % 2 == 0, *CHECKERS).astype(np.float32)[..., np.newaxis]
    alpha = picture[..., 3:]
    return alpha * picture[..., :3] + (1 - alpha) * board


class StepsDisplay:
    """What becomes of an image in a fitted pipeline: the picture after every step, then its row of features.

    Parameters
    ----------
    steps : list of (str, ndarray)
        Title and picture, or title and feature row (one axis).

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes

    Examples
    --------
    >>> from featkit import RawPixels, Resizer, StepsDisplay
    >>> from skimage.data import chelsea
    >>> from sklearn.pipeline import make_pipeline
    >>> pipeline = make_pipeline(Resizer(height=16, width=24), RawPixels()).fit([chelsea()])
    >>> display = StepsDisplay.from_pipeline(pipeline, chelsea())
    >>> [title for title, _ in display.steps]
    ['image', 'Resizer', 'RawPixels']
    """

    def __init__(self, steps):
        self.steps = steps

    @classmethod
    def from_pipeline(cls, pipeline, image):
        """Run one image through a fitted pipeline and draw what comes out of every step.

        Parameters
        ----------
        pipeline : Pipeline
            Fitted. A classifier at its end gives its decision as the title of the features.
        image : ndarray or whatever the first step reads

        Returns
        -------
        display : StepsDisplay
        """
        return cls(_collected_steps(pipeline, image)).plot()

    def plot(self, axes=None):
        """Draw the strip.

        Parameters
        ----------
        axes : array of matplotlib Axes or None, default=None
            One for each step; None makes a figure.

        Returns
        -------
        self : StepsDisplay
        """
        if axes is None:
            figure = require("matplotlib.figure", extra="plot").Figure
            self.figure_ = figure(figsize=(2.4 * len(self.steps), 2.6), layout="constrained")
            axes = self.figure_.subplots(1, len(self.steps), squeeze=False)[0]
        else:
            self.figure_ = axes[0].figure
        for axis, (title, result) in zip(axes, self.steps, strict=True):
            axis.set_title(title, fontsize=9)
            if result.ndim == 1:
                axis.plot(result, linewidth=0.7)
                axis.set_xlabel(f"{len(result)} features", fontsize=8)
                axis.tick_params(labelsize=7)
            else:
                axis.imshow(on_checkerboard(result), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
                axis.set_axis_off()
        self.axes_ = axes
        return self


def _collected_steps(pipeline, image):
    steps, current = [], [image]
    if isinstance(image, np.ndarray):
        steps.append(("image", image))
    for step in [step for _, step in pipeline.steps] if isinstance(pipeline, Pipeline) else [pipeline]:
        if is_classifier(step):
            title, row = steps[-1]
            steps[-1] = (f"{title} → {step.predict(current)[0]}", row)
        elif step != "passthrough":
            current = step.transform(current)
            steps.append((type(step).__name__, _first_picture_or_row(current)))
    return steps


def _first_picture_or_row(results):
    try:
        return check_images(results)[0]
    except ImageFormatError:
        return np.asarray(results, dtype=np.float64)[0]
