"""Ranks over data sets against Demšar's paper, its tables and scipy."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from featkit.evaluation import critical_difference
from featkit.parameters import InvalidParameterError

# AUC of four ways to grow decision trees on 14 data sets: Demšar 2006, table 6
DEMSAR = {
    "adult": (0.763, 0.768, 0.771, 0.798),
    "breast cancer": (0.599, 0.591, 0.590, 0.569),
    "breast cancer wisconsin": (0.954, 0.971, 0.968, 0.967),
    "cmc": (0.628, 0.661, 0.654, 0.657),
    "ionosphere": (0.882, 0.888, 0.886, 0.898),
    "iris": (0.936, 0.931, 0.916, 0.931),
    "liver disorders": (0.661, 0.668, 0.609, 0.685),
    "lung cancer": (0.583, 0.583, 0.563, 0.625),
    "lymphography": (0.775, 0.838, 0.866, 0.875),
    "mushroom": (1.000, 1.000, 1.000, 1.000),
    "primary tumor": (0.940, 0.962, 0.965, 0.962),
    "rheum": (0.619, 0.666, 0.614, 0.669),
    "voting": (0.972, 0.981, 0.9751, 0.975),  # equal as printed, but ranked 2 and 3 in the paper
    "wine": (0.957, 0.978, 0.946, 0.970),
}
TREES = ["C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf"]


def demsar_tables():
    return {name: pd.DataFrame({"accuracy": values}, TREES) for name, values in DEMSAR.items()}


def test_critical_difference_of_demsars_example():
    found = critical_difference(demsar_tables())
    ranks = {"C4.5": 3.143, "C4.5+m": 2.000, "C4.5+cf": 2.893, "C4.5+m+cf": 1.964}
    assert found.ranks.to_dict() == pytest.approx(ranks, abs=5e-4)
    assert list(found.ranks) == sorted(found.ranks)
    assert found.critical_difference == pytest.approx(2.569 * np.sqrt(4 * 5 / (6 * 14)), abs=0.001)  # 1.25
    assert found.friedman_p == pytest.approx(stats.f.sf(3.69, 3, 39), abs=2e-4)
    assert found.cliques == [("C4.5+m+cf", "C4.5+m", "C4.5+cf", "C4.5")]


def test_iman_davenport_agrees_with_friedmans_chi_square_of_scipy_without_ties():
    scores = np.random.default_rng(0).random((12, 5)) + np.arange(5) / 8
    tables = {k: pd.DataFrame({"accuracy": row}, list("abcde")) for k, row in enumerate(scores)}
    chi_square = stats.friedmanchisquare(*scores.T).statistic
    expected = stats.f.sf(11 * chi_square / (12 * 4 - chi_square), 4, 44)
    assert critical_difference(tables).friedman_p == pytest.approx(expected)


@pytest.mark.parametrize(("n_candidates", "q"), [(2, 1.960), (5, 2.728), (10, 3.164)])
def test_nemenyis_factor_is_that_of_demsars_table_5(n_candidates, q):
    tables = {k: pd.DataFrame({"accuracy": np.roll(np.arange(n_candidates), k)}) for k in range(6)}
    expected = q * np.sqrt(n_candidates * (n_candidates + 1) / 36)
    assert critical_difference(tables).critical_difference == pytest.approx(expected, rel=1e-3)


def test_candidates_missing_somewhere_are_left_out_and_too_few_are_refused():
    tables = demsar_tables()
    tables["wine"] = tables["wine"].drop("C4.5")
    assert set(critical_difference(tables).ranks.index) == set(TREES[1:])
    with pytest.raises(ValueError, match="got 1 data sets and 4 common candidates"):
        critical_difference({"adult": demsar_tables()["adult"]})


def test_candidates_that_are_tied_everywhere_are_not_told_apart():
    tables = {k: pd.DataFrame({"accuracy": [0.8, 0.8, 0.8]}, ["a", "b", "c"]) for k in range(6)}
    assert critical_difference(tables).friedman_p == 1


@pytest.mark.parametrize("scale", [1, 100, 1e7])
def test_what_differs_in_the_last_bit_is_tied(scale):
    """Three equal candidates, each ahead by one rounding error in every data set: ranked, they would differ."""
    ahead = np.array([0.3 + 5e-17, 0.3, 0.3 - 5e-17]) * scale
    ahead[0] = np.nextafter(ahead[1], np.inf)
    tables = {k: pd.DataFrame({"accuracy": ahead}, ["a", "b", "c"]) for k in range(8)}
    found = critical_difference(tables)
    assert found.ranks.tolist() == [2, 2, 2]
    assert found.friedman_p == 1
    assert found.cliques == [("a", "b", "c")]


def test_a_real_lead_is_no_tie_however_small():
    tables = {k: pd.DataFrame({"accuracy": [0.3 + 1e-9, 0.3]}, ["a", "b"]) for k in range(8)}
    found = critical_difference(tables)
    assert found.ranks.to_dict() == {"a": 1, "b": 2}
    assert found.friedman_p == 0


@pytest.mark.parametrize("alpha", [0, 1, 5, np.nan])
def test_alpha_is_a_probability(alpha):
    with pytest.raises(InvalidParameterError, match="'alpha' parameter must be"):
        critical_difference(demsar_tables(), alpha=alpha)
