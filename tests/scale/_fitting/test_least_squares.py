import numpy as np
import pytest
import scipy.optimize

from featkit.scale._fitting.least_squares import least_squares

PLACES = np.linspace(0, 2, 30)


def curve(numbers):
    """A swing, for each row of (rate, height)."""
    rate, height = numbers[:, :1], numbers[:, 1:]
    return height * np.sin(rate * PLACES)


def misfit(seen):
    return lambda numbers: curve(numbers) - seen


@pytest.mark.parametrize("truth", [(3.0, 0.5), (7.0, 2.0)])
def test_numbers_are_found_again_from_the_best_of_several_starts(truth):
    starts = np.array([(1.0, 1.0), (3.5, 1.0), (6.5, 1.0), (12.0, 1.0)])
    numbers, values, _ = least_squares(misfit(curve(np.array([truth]))), starts)
    np.testing.assert_allclose(numbers, truth, rtol=1e-6)
    assert np.abs(values).max() < 1e-6


def test_it_ends_where_scipy_does():
    seen = curve(np.array([(3.0, 0.5)])) + np.random.default_rng(0).normal(0, 0.05, len(PLACES))
    numbers, values, jacobian = least_squares(misfit(seen), np.array([(2.5, 1.0)]))
    expected = scipy.optimize.least_squares(lambda x: misfit(seen)(x[np.newaxis])[0], (2.5, 1.0), xtol=1e-14)
    np.testing.assert_allclose(numbers, expected.x, rtol=1e-5)
    np.testing.assert_allclose(values, expected.fun, atol=1e-5)
    np.testing.assert_allclose(jacobian, expected.jac, atol=1e-4)


def test_a_start_next_to_which_nothing_is_finite_does_not_win():
    def residuals(numbers):
        with np.errstate(invalid="ignore"):
            return np.sqrt(numbers) - 2

    numbers, _, _ = least_squares(residuals, np.array([[-1.0], [3.0]]))
    np.testing.assert_allclose(numbers, [4])
