"""What speaks for and against a decision, drawn on the picture it was made on."""

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator

from ...features.gradients.hog import HOG
from ...image.checks import Image, Images
from ...image.conversions import to_float, to_gray
from ...inspection._heatmaps import evidence_map, hog_cell_sums, landmark_evidence
from ...inspection._linear_model import LinearPart
from ...inspection.explain import Explanation, explain
from .._curves import plain_text
from ..base import Display
from ..checkerboard import draw_on_checkerboard
from .hog import draw_strokes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOR, AGAINST = "#d7301f", "#2166ac"
MOST_BARS = 12


class ExplanationDisplay(Display):
    """An explanation as pictures: red speaks for the class, blue against it.

    HOG shows strokes along the edges of each cell; pixels, colour and texture in a grid show shaded cells; landmarks
    show disks, as large as they weigh; all else shows bars, the heaviest on top.

    Parameters
    ----------
    explanation : Explanation
        As `explain` returns it.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes
        One for each part of the explanation.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import LinearSVC
    >>> from featkit.display import ExplanationDisplay
    >>> from featkit import RawPixels
    >>> digits = load_digits()
    >>> model = make_pipeline(RawPixels(), LinearSVC()).fit(digits.images[:200] / 16, digits.target[:200])
    >>> display = ExplanationDisplay.from_model(model, digits.images[0] / 16)
    >>> display.axes_[0].get_title()
    'RawPixels for 0'
    """

    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation

    @classmethod
    def from_model(
        cls,
        model: BaseEstimator,
        image: Any,
        *,
        target: Any = None,
        reference: Images | None = None,
        ax: "Axes | np.ndarray | None" = None,
    ) -> Self:
        """Explain a decision and draw it.

        Parameters
        ----------
        model, image, target, reference
            See `explain`.
        ax : array of matplotlib Axes or None, default=None
            One for each extractor of the model.

        Returns
        -------
        display : ExplanationDisplay
        """
        return cls(explain(model, image, target=target, reference=reference)).plot(ax=ax)

    def plot(self, ax: "Axes | np.ndarray | None" = None) -> Self:
        """Draw every part.

        Parameters
        ----------
        ax : array of matplotlib Axes or None, default=None
            One for each part; None makes a figure.

        Returns
        -------
        self : ExplanationDisplay
        """
        parts = self.explanation.parts
        self.axes_ = self._grid_of_axes(ax, len(parts), 3, (3.6, 3.6))
        for axis, part in zip(self.axes_, parts, strict=True):
            axis.set_title(f"{type(part.extractor).__name__} for {plain_text(self.explanation.target)}", fontsize=10)
            _draw_part(axis, part)
        return self


def _draw_part(axis: "Axes", part: LinearPart) -> None:
    evidence, points = evidence_map(part), landmark_evidence(part)
    if points is None and evidence is None:
        _draw_bars(axis, part)
        return
    axis.imshow(_faint(part.picture), cmap="gray", vmin=0, vmax=1)
    if points is not None:
        _draw_points(axis, points)
    elif isinstance(part.extractor, HOG):
        sums = hog_cell_sums(part.extractor, part.picture.shape[:2], part.contributions)
        strongest = np.abs(sums).max()
        for sign, color in ((1, FOR), (-1, AGAINST)):
            cells, signed = np.maximum(sign * sums, 0), part.extractor.signed
            draw_strokes(axis, cells, part.extractor.pixels_per_cell, color, signed=signed, strongest=strongest)
    elif evidence is not None:
        most = np.abs(evidence).max() or 1
        axis.imshow(evidence, cmap="RdBu_r", vmin=-most, vmax=most, alpha=0.6)
    axis.set_axis_off()


def _faint(picture: Image) -> np.ndarray:
    """The picture in light gray, so that colours are the evidence's alone."""
    gray = to_float(to_gray(draw_on_checkerboard(picture)))
    return 0.5 + 0.5 * gray


def _draw_points(axis: "Axes", points: np.ndarray) -> None:
    weight = np.abs(points[:, 2]) / (np.abs(points[:, 2]).max() or 1)
    colors = np.where(points[:, 2] > 0, FOR, AGAINST)
    axis.scatter(points[:, 1], points[:, 0], s=4 + 120 * weight, c=colors, alpha=0.75, linewidths=0)


def _draw_bars(axis: "Axes", part: LinearPart) -> None:
    heaviest = np.argsort(-np.abs(part.contributions), kind="stable")[:MOST_BARS][::-1]
    values = part.contributions[heaviest]
    axis.barh(range(len(values)), values, color=np.where(values > 0, FOR, AGAINST))
    axis.set_yticks(range(len(values)), [plain_text(part.names[k]) for k in heaviest], fontsize=7)
    axis.axvline(0, color="#808080", linewidth=0.8)
    axis.tick_params(axis="x", labelsize=7)
    axis.set_xlabel("contribution", fontsize=8)
    axis.spines[["top", "right", "left"]].set_visible(False)
