"""Explanations of linear decisions, drawn on the image they were made on."""

import textwrap
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from sklearn.base import BaseEstimator

from ...features.gradients.hog import HOG
from ...image.checks import Images
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
    """Explanation of a linear decision drawn on the image: red speaks for the class, blue against it.

    HOG shows strokes along the edges of each cell; pixels, scattering, HOG in several sizes, colour and texture in a
    grid show shaded cells; landmarks show disks, as large as they weigh; all else shows bars, the heaviest on top.
    Panels of one kind share their scale. A figure of its own has the decision, and the probability where the
    classifier gives one, in its title.

    Parameters
    ----------
    explanation : Explanation
        As `featkit.explain` returns it.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : ndarray of matplotlib Axes
        One for each part of the explanation.

    See Also
    --------
    featkit.explain : Computes the explanation.
    HOGDisplay : Cells of HOG without a classifier.

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
        model : Pipeline
            Fitted, from images to a linear classifier.
        image : ndarray or whatever the first step reads
            The image to explain.
        target : class label or None, default=None
            Class to explain; None is the predicted one.
        reference : batch of images or None, default=None
            Typical images, whose mean row is evidence for neither side; None takes a row of zeros.
        ax : array of matplotlib Axes or None, default=None
            One for each extractor of the model.

        Returns
        -------
        display : ExplanationDisplay
            The display, drawn.
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
            The display, drawn.
        """
        found, target = self.explanation, plain_text(self.explanation.target)
        self.axes_ = self._grid_of_axes(ax, len(found.parts), 3, (3.6, 3.6))
        if ax is None:
            probability = "" if found.probability is None else f", probability {found.probability:.3g}"
            title = f"{target}: decision {found.decision:+.3g}{probability}"
            self.figure_.suptitle(textwrap.fill(title, 40 * min(3, len(found.parts))), fontsize=11)
        views = [_view(part) for part in found.parts]
        most = {kind: max(float(np.abs(v.figures).max()) for v in views if v.kind == kind) for kind, _ in views}
        for axis, part, view in zip(self.axes_, found.parts, views, strict=True):
            title = textwrap.fill(f"{type(part.extractor).__name__} for {target}", 30, break_on_hyphens=False)
            # above bars it may reach over their names, on the right there is no room
            axis.set_title(title, fontsize=10, **({"x": 1.0, "ha": "right"} if view.kind == "bars" else {}))
            _DRAWN[view.kind](axis, part, view.figures, most[view.kind] or 1.0)
        return self


class _View(NamedTuple):
    """How a part is drawn, and the figures that are drawn of it."""

    kind: str
    figures: np.ndarray


def _view(part: LinearPart) -> _View:
    points = landmark_evidence(part)
    if points is not None:
        return _View("disks", points[:, 2])
    evidence = evidence_map(part)
    if evidence is None:
        return _View("bars", part.contributions)
    if isinstance(part.extractor, HOG):
        return _View("strokes", hog_cell_sums(part.extractor, part.picture.shape[:2], part.contributions))
    return _View("map", evidence)


def _draw_strokes(axis: "Axes", part: LinearPart, sums: np.ndarray, most: float) -> None:
    _draw_faint(axis, part)
    cell, signed = part.extractor.pixels_per_cell, part.extractor.signed
    for sign, color in ((1, FOR), (-1, AGAINST)):
        draw_strokes(axis, np.maximum(sign * sums, 0), cell, color, signed=signed, strongest=most)
    _say_scale(axis, f"full colour: {most:.2g} a stroke")


def _draw_map(axis: "Axes", part: LinearPart, evidence: np.ndarray, most: float) -> None:
    _draw_faint(axis, part)
    shades = axis.imshow(evidence, cmap="RdBu_r", vmin=-most, vmax=most, alpha=0.6)
    bar = axis.figure.colorbar(shades, ax=axis, shrink=0.6, pad=0.02)
    bar.ax.tick_params(labelsize=7)
    bar.set_label("contribution", fontsize=7)


def _draw_faint(axis: "Axes", part: LinearPart) -> None:
    """Draw the image in light gray, so that colours are the contributions' alone."""
    gray = to_float(to_gray(draw_on_checkerboard(part.picture)))
    axis.imshow(0.5 + 0.5 * gray, cmap="gray", vmin=0, vmax=1)
    axis.set_axis_off()


def _say_scale(axis: "Axes", text: str) -> None:
    axis.text(0.5, -0.03, text, transform=axis.transAxes, ha="center", va="top", fontsize=8)


def _draw_disks(axis: "Axes", part: LinearPart, contributions: np.ndarray, most: float) -> None:
    _draw_faint(axis, part)
    points = np.array(landmark_evidence(part))
    colors = np.where(contributions > 0, FOR, AGAINST)
    sizes = 4 + 120 * np.abs(contributions) / most
    axis.scatter(points[:, 1], points[:, 0], s=sizes, c=colors, alpha=0.75, linewidths=0)
    _say_scale(axis, f"largest disk: {most:.2g}")


def _draw_bars(axis: "Axes", part: LinearPart, contributions: np.ndarray, most: float) -> None:
    heaviest = np.argsort(-np.abs(contributions), kind="stable")[:MOST_BARS][::-1]
    values = contributions[heaviest]
    axis.barh(range(len(values)), values, color=np.where(values > 0, FOR, AGAINST))
    axis.set_yticks(range(len(values)), [plain_text(part.names[k]) for k in heaviest], fontsize=7)
    axis.axvline(0, color="#808080", linewidth=0.8)
    axis.set_xlim(-1.05 * most, 1.05 * most)
    axis.tick_params(axis="x", labelsize=7)
    axis.set_xlabel("contribution", fontsize=8)
    axis.spines[["top", "right", "left"]].set_visible(False)


_DRAWN = {"strokes": _draw_strokes, "map": _draw_map, "disks": _draw_disks, "bars": _draw_bars}
