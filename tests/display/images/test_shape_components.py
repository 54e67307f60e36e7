"""Principal components of shape: the outlines drawn are those of mean and spread."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.decomposition import PCA

from featkit.display import ShapeComponentsDisplay
from featkit.exceptions import ImageFormatError
from featkit.features.contour import inverse_elliptic_fourier


def rows_of_slim_and_broad():
    rows = np.zeros((9, 9))
    rows[:, 0] = np.linspace(0.3, 0.7, 9)
    rows[:, 5] = 0.01 * np.array([1, -1, 1, -1, 0, 1, -1, 1, -1])
    return rows


def test_the_first_component_is_what_varies_most():
    rows = rows_of_slim_and_broad()
    display = ShapeComponentsDisplay.from_coefficients(rows, n_components=2)
    assert display.outlines.shape == (2, 3, 256, 2)
    assert display.explained[0] > 0.99
    spread = 2 * rows[:, 0].std(ddof=1)
    heights = np.sort(np.ptp(display.outlines[0, :, :, 0], axis=1) / 2)
    assert heights == pytest.approx([0.5 - spread, 0.5, 0.5 + spread], abs=0.02)
    assert display.outlines[0, 1] == pytest.approx(inverse_elliptic_fourier(rows.mean(axis=0)))


def test_lines_show_the_outlines_closed_and_upright():
    display = ShapeComponentsDisplay.from_coefficients(rows_of_slim_and_broad(), n_components=2, n_std=1)
    axis = display.axes_[0]
    assert [line.get_label() for line in axis.lines] == ["mean - 1 sd", "mean", "mean + 1 sd"]
    for line, outline in zip(axis.lines, display.outlines[0]):
        assert (np.column_stack(line.get_data())[:-1] == outline[:, ::-1]).all()
        assert (np.column_stack(line.get_data())[-1] == outline[0, ::-1]).all()
    assert axis.get_ylim()[0] > axis.get_ylim()[1]
    assert "component 2" in display.axes_[1].get_title()


def test_a_fitted_pca_and_axes_may_be_given():
    rows = rows_of_slim_and_broad()
    axes = Figure().subplots(1, 2)
    pca = PCA(2).fit(rows)
    display = ShapeComponentsDisplay.from_pca(pca, ax=axes)
    assert display.axes_[1] is axes[1]
    assert (display.explained == pca.explained_variance_ratio_).all()


def test_rows_with_nan_are_left_out_and_too_few_refused():
    rows = rows_of_slim_and_broad()
    with_missing = np.vstack([rows, np.full(9, np.nan)])
    outlines = [
        ShapeComponentsDisplay.from_coefficients(table, n_components=1).outlines for table in (rows, with_missing)
    ]
    assert outlines[0] == pytest.approx(outlines[1])
    with pytest.raises(ImageFormatError, match="more than 3 complete rows"):
        ShapeComponentsDisplay.from_coefficients(with_missing[-4:])
    with pytest.raises(ImageFormatError, match="shape"):
        ShapeComponentsDisplay.from_coefficients(rows[0])
