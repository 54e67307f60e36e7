"""What a benchmark says in words: who wins and by how much, where features lose, what they cost."""

import math
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..display._curves import is_raw_pixels
from ..evaluation.benchmarking.results import Benchmark

if TYPE_CHECKING:
    from pandas import DataFrame

ALPHA = 0.05


def verdict(benchmark: Benchmark) -> list[str]:
    """Sentences that sum up a benchmark, the answer first.

    Parameters
    ----------
    benchmark : Benchmark

    Returns
    -------
    sentences : list of str
        The answer, then one or more sentences for each topic that the benchmark has figures for.
    """
    rivals = best_rivals(benchmark.table)
    if rivals is None:
        words = _ranking_words(benchmark)
    else:
        topics = [_other_candidates_words, _learning_words, _robustness_words, _cost_words]
        words = [*_accuracy_words(benchmark, *rivals), *(topic(benchmark, *rivals) for topic in topics)]
    return [sentence for sentence in [*words, _duplicate_words(benchmark)] if sentence]


def best_rivals(table: "DataFrame") -> tuple[str, str] | None:
    """Names of the best candidate on features and of the best on raw pixels; None where either is missing."""
    rows = table["accuracy"].sort_values(ascending=False, kind="stable").index
    features = [name for name in rows if not is_raw_pixels(name)]
    baselines = [name for name in rows if is_raw_pixels(name)]
    return (features[0], baselines[0]) if features and baselines else None


class Comparison(NamedTuple):
    """Difference of two candidates (first minus second), its ends, and the p value that holds for all pairs.

    Of the two tests, over the folds and over the images, it is the larger p: folds that happen to agree prove nothing
    on a handful of images. NaN where neither test was possible.
    """

    difference: float
    low: float
    high: float
    p: float

    @property
    def is_tested(self) -> bool:
        """Whether there was a test at all."""
        return not math.isnan(self.p)

    @property
    def is_significant(self) -> bool:
        """Whether chance is ruled out, at five percent over all pairs."""
        return self.p < ALPHA


def compared(benchmark: Benchmark, name: str, other: str) -> Comparison:
    """Compare two candidates by the pairs of a benchmark, or where it has none by their accuracies, untested."""
    for pair in () if benchmark.pairs is None else benchmark.pairs.itertuples():
        if {pair.a, pair.b} == {name, other}:
            sign = 1 if pair.a == name else -1
            low, high = sorted((sign * pair.low, sign * pair.high))
            p = np.fmax(pair.p_resampled_holm, pair.p_mcnemar_holm)  # whichever there is, where one is missing
            return Comparison(sign * pair.difference, low, high, float(p))
    accuracy = benchmark.table["accuracy"]
    return Comparison(accuracy[name] - accuracy[other], math.nan, math.nan, math.nan)


def percent(share: float) -> str:
    """Share as text: 98.5 %."""
    return f"{100 * share:.1f} %"


def signed(difference: float) -> str:
    """Difference of shares in points, as text: +6.5."""
    rounded = round(100 * difference, 1)
    return f"{rounded:+.1f}".replace("-", "−") if rounded else "±0.0"


def points(difference: float) -> str:
    """Difference of shares as text: +6.5 points."""
    return f"{signed(difference)} points"


def p_text(p: float) -> str:
    """Probability as text."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _named(names: Iterable) -> str:
    *most, last = map(str, names)
    return f"{', '.join(most)} and {last}" if most else last


def _accuracy_words(benchmark: Benchmark, best: str, raw: str) -> list[str]:
    table = benchmark.table
    comparison = compared(benchmark, best, raw)
    ahead = comparison.difference
    if not comparison.is_tested:
        opening = f"Untested: {best if ahead > 0 else raw} is ahead, but no test was possible."
    elif not comparison.is_significant:
        opening = "Undecided: these folds cannot tell the best features from the best raw pixels."
    elif ahead > 0:
        opening = "Yes: hand-made features beat raw pixels."
    else:
        opening = "No: raw pixels beat hand-made features."
    text = (
        f"{best} is right on {percent(table.loc[best, 'accuracy'])} of the test images, "
        f"{raw} on {percent(table.loc[raw, 'accuracy'])}"
    )
    if comparison.is_tested:
        ends = f"95 % interval {signed(comparison.low)} to {points(comparison.high)}; "
        text += (
            f": {points(ahead)} ({'' if math.isnan(comparison.low) else ends}{p_text(comparison.p)}, the larger of the "
            "tests over folds and over images, corrected for all pairs)"
        )
    errors = [1 - table.loc[name, "accuracy"] for name in (raw, best)]
    if ahead > 0 and errors[0] > 0:
        text += f". Of 100 errors on raw pixels it leaves {100 * errors[1] / errors[0]:.0f}"
    return [opening, text + "."]


def _other_candidates_words(benchmark: Benchmark, best: str, raw: str) -> str:
    worse, alike = [], []
    for name in benchmark.table.index:
        if name == best or is_raw_pixels(name):
            continue
        comparison = compared(benchmark, name, raw)
        if comparison.is_significant and comparison.difference < 0:
            worse.append(f"{name} ({points(comparison.difference)})")
        elif comparison.is_tested and not comparison.is_significant:
            alike.append(name)
    sentences = []
    if worse:
        sentences.append(f"Worse than {raw}: {_named(worse)}.")
    if alike:
        sentences.append(f"Not to be told apart from {raw}: {_named(alike)}.")
    return " ".join(sentences)


def _learning_words(benchmark: Benchmark, best: str, raw: str) -> str:
    if benchmark.learning is None or benchmark.learning["n_train"].nunique() < 2:
        return ""
    means = benchmark.learning.groupby(["candidate", "n_train"])["accuracy"].mean().unstack("n_train")
    few = means.columns.min()
    leader = means[few].idxmax()
    of_raw = "" if leader == raw else f"; {raw} has {percent(means.loc[raw, few])}"
    sentences = [f"With {few:,} training images {leader} leads with {percent(means.loc[leader, few])}{of_raw}."]
    leaders = [name for name, _ in groupby(means.idxmax())]
    if len(leaders) == 1:
        sentences.append(f"It stays ahead of all others up to {means.columns.max():,} images.")
    crossings = benchmark.crossing_points()
    of_interest = crossings["behind"].isin([best, raw]) | crossings["ahead"].isin([best, raw])
    for row in crossings[of_interest].itertuples():
        if is_raw_pixels(row.ahead) and is_raw_pixels(row.behind):
            continue
        comparison = compared(benchmark, row.ahead, row.behind)
        if not (comparison.is_significant and comparison.difference > 0):
            continue  # curves of those that cannot be told apart cross by chance
        sentences.append(f"From about {row.n_train:,} images on {row.ahead} is ahead of {row.behind}.")
    return " ".join(sentences)


def _robustness_words(benchmark: Benchmark, best: str, raw: str) -> str:
    if benchmark.robustness is None or benchmark.robustness.empty:
        return ""
    means = benchmark.robustness.groupby(["candidate", "corruption"])["accuracy"].mean().unstack("corruption")
    overall = means.mean(axis=1)
    ranked = overall.sort_values(ascending=False)
    sentences = [
        f"When the test pictures are changed ({means.shape[1]} kinds of change), this share is right on average: "
        + ", ".join(f"{name} {percent(value)}" for name, value in ranked.items())
        + "."
    ]
    hardest = means.loc[best].idxmin()
    sentences.append(f"{best} suffers most from {_spoken(hardest)} ({percent(means.loc[best, hardest])}).")
    sturdiest = means.loc[[name for name in means.index if is_raw_pixels(name)]].max()
    lost = [
        f"{_spoken(kind)} ({points(means.loc[best, kind] - sturdiest[kind])})"
        for kind in means.columns
        if means.loc[best, kind] < sturdiest[kind]
    ]
    sentences.append(
        f"It is behind the best raw pixels under {_named(lost)}." if lost else "Under none is it behind raw pixels."
    )
    return " ".join(sentences)


def _spoken(kind: str) -> str:
    return str(kind).replace("_", " ")


def _cost_words(benchmark: Benchmark, best: str, raw: str) -> str:
    table = benchmark.table
    if "ms_per_image" not in table:
        return ""
    times = [table.loc[name, "ms_per_image"] for name in (best, raw)]
    return (
        f"An image costs {best} {times[0]:.2f} ms, {raw} {times[1]:.2f} ms; fitting takes "
        f"{table.loc[best, 'fit_seconds']:.1f} s against {table.loc[raw, 'fit_seconds']:.1f} s."
    )


def _ranking_words(benchmark: Benchmark) -> list[str]:
    ranked = benchmark.table["accuracy"].sort_values(ascending=False, kind="stable")
    return [
        f"{ranked.index[0]} is the best of {len(ranked)} with {percent(ranked.iloc[0])}.",
        "Raw pixels or features are missing here, so nothing is said of the one against the other.",
    ]


def _duplicate_words(benchmark: Benchmark) -> str:
    duplicates = benchmark.duplicates
    if duplicates is None or duplicates.empty:
        return ""
    exact, parted = int(duplicates["exact"].sum()), int((duplicates["n_parted"] > 0).sum())
    text = f"pairs of images that are near copies of each other: {len(duplicates)} ({exact} of them to the pixel)"
    if parted == 0:
        return f"There are {text}; none is parted between training and test."
    return f"Beware of {text}; {parted} parted between training and test, which makes every accuracy here too good."
