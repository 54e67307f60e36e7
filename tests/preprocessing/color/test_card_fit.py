"""A matrix and the light on every patch of a card, fitted together."""

import numpy as np
import pytest

from featkit.preprocessing.color._card_fit import (
    BLACK,
    CLIPPED,
    fit_correction,
    fit_matrices,
    is_exposed,
    light_on_patches,
    terms,
)
from featkit.preprocessing.color._card_references import reference_colors

REFERENCES = reference_colors("2014")
MATRIX = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.05], [0.0, 0.15, 0.6]])
ROW, COL = np.divmod(np.arange(24), 6)
EVERY_PATCH = np.ones((1, 24), bool)


def seen(light):
    """Linear light of the patches in a camera of this matrix."""
    return light[:, np.newaxis] * (REFERENCES @ np.linalg.inv(MATRIX)) * 0.5


def test_the_camera_and_the_light_are_found_to_rounding():
    light = np.exp(0.3 * (ROW / 3 - 0.5) - 0.2 * (COL / 5 - 0.5))
    residuals, gains = fit_matrices(seen(light)[np.newaxis], REFERENCES, EVERY_PATCH, n_rounds=200)
    assert residuals[0] < 1e-3
    assert np.median(gains) == pytest.approx(1)
    ratios = gains[0] * light
    assert ratios == pytest.approx(np.full(24, ratios.mean()), rel=0.02)


def test_too_few_patches_fit_nothing():
    present = EVERY_PATCH.copy()
    present[0, 7:] = False
    assert np.isinf(fit_matrices(seen(np.ones(24))[np.newaxis], REFERENCES, present)[0][0])


def test_shaded_patches_are_told_from_a_gradient():
    gradient = np.exp(0.3 * (ROW / 3 - 0.5) + 0.1 * (COL / 5 - 0.5))
    shade = np.where(COL >= 4, 0.4, 1.0)
    light, expected, is_lit = light_on_patches(1 / (gradient * shade), REFERENCES)
    np.testing.assert_array_equal(is_lit, COL < 4)
    assert expected / expected.mean() == pytest.approx(gradient / gradient.mean(), rel=0.01)
    assert (light / expected)[COL >= 4] == pytest.approx(0.4, rel=0.01)


@pytest.mark.parametrize("method", ["linear", "root-polynomial"])
def test_a_correction_is_the_matrix_that_was_put_in(method):
    colors = np.random.default_rng(0).uniform(0.05, 0.8, (24, 3))
    n_terms = terms(colors, method).shape[1]
    assert n_terms == (3 if method == "linear" else 6)
    truth = np.random.default_rng(1).normal(size=(n_terms, 3))
    found = fit_correction(colors, terms(colors, method) @ truth, np.ones(24), method)
    assert found == pytest.approx(truth, abs=1e-6)


def test_roots_scale_with_exposure():
    colors = np.random.default_rng(0).uniform(0.05, 0.8, (5, 3))
    assert terms(0.3 * colors, "root-polynomial") == pytest.approx(0.3 * terms(colors, "root-polynomial"))


def test_colors_that_are_cut_off_are_not_exposed():
    colors = np.array([[0.5, 0.5, 0.5], [0.5, CLIPPED, 0.5], [0.5, 0.5, BLACK]])
    assert is_exposed(colors).tolist() == [True, False, False]
