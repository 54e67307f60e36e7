"""What the principal components of shape mean: the mean outline, and the outlines to either side of it."""

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.decomposition import PCA

from ...exceptions import ImageFormatError
from ...features.contour.elliptic_fourier import inverse_elliptic_fourier
from ..base import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLORS = ("#0072b2", "#000000", "#d55e00")  # below the mean, the mean, above


class ShapeComponentsDisplay(Display):
    """Mean outline and mean +- some standard deviations along principal components of elliptic Fourier descriptors.

    Parameters
    ----------
    outlines : float ndarray (n_components, 3, n_points, 2)
        (row, col) of the outlines below the mean, at the mean and above it, for every component.
    explained : float ndarray (n_components,)
        Fraction of the variance that every component explains.
    n_std : float, default=2.0
        Standard deviations from the mean to the outlines beside it.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure drawn on.
    axes_ : ndarray of matplotlib Axes
        One for each component.

    See Also
    --------
    featkit.EllipticFourier : The descriptors, and the way back by `inverse_transform`.

    Examples
    --------
    >>> from featkit import EllipticFourier, make_shapes
    >>> from featkit.display import ShapeComponentsDisplay
    >>> shapes = make_shapes(20, shape="ellipse", random_state=0)
    >>> rows = EllipticFourier(n_harmonics=4).fit_transform(shapes.images > 127)
    >>> display = ShapeComponentsDisplay.from_coefficients(rows, n_components=1)
    >>> bool(display.explained[0] > 0.9)  # ellipses differ in how slim they are, and in nothing else
    True
    """

    def __init__(self, outlines: np.ndarray, explained: np.ndarray, n_std: float = 2.0) -> None:
        self.outlines = outlines
        self.explained = explained
        self.n_std = n_std

    @classmethod
    def from_coefficients(
        cls,
        X: ArrayLike,
        *,
        n_components: int = 3,
        n_std: float = 2.0,
        ax: "Axes | np.ndarray | None" = None,
    ) -> Self:
        """Fit principal components to rows of elliptic Fourier descriptors, and draw them.

        Parameters
        ----------
        X : array-like (n_rows, 4 * n_harmonics - 3)
            As `EllipticFourier` gives them; rows with NaN are left out.
        n_components : int >= 1, default=3
            Components to draw, the one that explains most first.
        n_std : float, default=2.0
            Standard deviations from the mean to the outlines beside it.
        ax : matplotlib Axes, array of Axes or None, default=None
            As many as components; None makes a figure.

        Returns
        -------
        display : ShapeComponentsDisplay
            Drawn.

        Raises
        ------
        ImageFormatError
            When fewer rows than components and one are complete.
        """
        rows = np.asarray(X, dtype=np.float64)
        if rows.ndim == 2:
            rows = rows[np.isfinite(rows).all(axis=1)]
        if rows.ndim != 2 or len(rows) <= n_components:
            raise ImageFormatError(
                f"Expected more than {n_components} complete rows of coefficients for {n_components} components, "
                f"got an array of shape {np.shape(X)}."
            )
        return cls.from_pca(PCA(n_components).fit(rows), n_std=n_std, ax=ax)

    @classmethod
    def from_pca(cls, pca: PCA, *, n_std: float = 2.0, ax: "Axes | np.ndarray | None" = None) -> Self:
        """Draw the components of a PCA that was fitted to elliptic Fourier descriptors.

        Parameters
        ----------
        pca : fitted sklearn.decomposition.PCA
            Of rows as `EllipticFourier` gives them, not scaled.
        n_std : float, default=2.0
            Standard deviations from the mean to the outlines beside it.
        ax : matplotlib Axes, array of Axes or None, default=None
            As many as components; None makes a figure.

        Returns
        -------
        display : ShapeComponentsDisplay
            Drawn.
        """
        spread = n_std * np.sqrt(pca.explained_variance_)[:, np.newaxis] * pca.components_
        outlines = [[inverse_elliptic_fourier(pca.mean_ + side * step) for side in (-1, 0, 1)] for step in spread]
        return cls(np.array(outlines), pca.explained_variance_ratio_, n_std).plot(ax=ax)

    def plot(self, ax: "Axes | np.ndarray | None" = None) -> Self:
        """Draw the outlines of every component.

        Parameters
        ----------
        ax : matplotlib Axes, array of Axes or None, default=None
            As many as components; None makes a figure.

        Returns
        -------
        self : ShapeComponentsDisplay
            With `figure_` and `axes_`.
        """
        self.axes_ = self._grid_of_axes(ax, len(self.outlines), 3, (3.2, 3.4))
        labels = (f"mean - {self.n_std:g} sd", "mean", f"mean + {self.n_std:g} sd")
        for number, (axis, three) in enumerate(zip(self.axes_, self.outlines, strict=True), 1):
            for points, color, label in zip(three, COLORS, labels, strict=True):
                closed = np.concatenate([points, points[:1]])
                width = 1.2 if label == "mean" else 1.8
                axis.plot(closed[:, 1], closed[:, 0], color=color, linewidth=width, label=label)
            axis.set_aspect("equal")
            axis.invert_yaxis()
            axis.set_axis_off()
            axis.set_title(f"component {number}, {self.explained[number - 1]:.0%} of the variance", fontsize=9)
        self.axes_[0].legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=3, fontsize=8, frameon=False)
        return self
