"""What a benchmark says in words: which candidate wins and by how much, where features lose, what they cost."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..evaluation._columns import Score
from ..evaluation.benchmarking._tables import IMAGE_TESTS
from ..evaluation.benchmarking.results import Benchmark
from ..evaluation.statistics import without_rounding_noise

if TYPE_CHECKING:
    from pandas import Series

ALPHA = 0.05
ALPHA_OF_IMAGES = 0.01  # McNemar's test alone may decide below this, where a few folds give the t-test no power


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
    rivals = best_rivals(benchmark)
    if rivals is None:
        words = _ranking_words(benchmark)
    else:
        topics = [_other_candidates_words, _learning_words, _robustness_words, _cost_words]
        words = [*_score_words(benchmark, *rivals), *(topic(benchmark, *rivals) for topic in topics)]
    return [sentence for sentence in [*words, _duplicate_words(benchmark)] if sentence]


def spoken_verdict(benchmark: Benchmark) -> list[str]:
    """The answer of `verdict` and, where the test images were changed, how the best features bear that."""
    rivals = best_rivals(benchmark)
    words = verdict(benchmark)[:2]
    return [*words, *filter(None, [_robustness_words(benchmark, *rivals)])] if rivals else words


def ranked(scores: "Series") -> "Series":
    """Scores by candidate, the best first, those that are equal but for rounding in the order of the table."""
    rounded = scores.copy()
    rounded[:] = without_rounding_noise(scores)
    return rounded.sort_values(ascending=False, kind="stable")


def best_rivals(benchmark: Benchmark) -> tuple[str, str] | None:
    """Names of the best candidate and of the best baseline; None where either is missing."""
    rows = ranked(scores_of(benchmark)).index
    features = [name for name in rows if name not in benchmark.baselines]
    baselines = [name for name in rows if name in benchmark.baselines]
    return (features[0], baselines[0]) if features and baselines else None


def scores_of(benchmark: Benchmark) -> "Series":
    """The scores by which candidates are ranked: accuracies or R²."""
    return benchmark.table[benchmark.score.column]


class Comparison(NamedTuple):
    """Difference of two candidates (first minus second), its interval, and the p values of both tests.

    The interval and ``p_folds_alone`` and ``p_images_alone`` are those of this pair alone and belong together; the
    other p values are adjusted for all pairs, and decide. NaN where a test was not possible.
    """

    difference: float
    low: float
    high: float
    p_folds: float
    p_images: float
    p_folds_alone: float = math.nan
    p_images_alone: float = math.nan

    @property
    def p(self) -> float:
        """The p value that decides: that over the images where it is below one percent, else the larger of both."""
        return self.p_images if self.p_images < ALPHA_OF_IMAGES else float(np.fmax(self.p_folds, self.p_images))

    @property
    def is_tested(self) -> bool:
        """Whether there was a test at all."""
        return not math.isnan(self.p)

    @property
    def is_significant(self) -> bool:
        """Whether chance is ruled out over all pairs."""
        return self.p < ALPHA


def compared(benchmark: Benchmark, name: str, other: str) -> Comparison:
    """Compare two candidates by the pairs of a benchmark, or where it has none by their scores, untested."""
    over_images = IMAGE_TESTS[benchmark.score]
    for pair in () if benchmark.pairs is None else benchmark.pairs.to_dict("records"):
        if {pair["a"], pair["b"]} == {name, other}:
            sign = 1 if pair["a"] == name else -1
            low, high = sorted((sign * pair["low"], sign * pair["high"]))
            tests = [pair[f"{test}{holm}"] for holm in ("_holm", "") for test in ("p_resampled", over_images)]
            return Comparison(sign * pair["difference"], low, high, *tests)
    scores = scores_of(benchmark)
    return Comparison(scores[name] - scores[other], math.nan, math.nan, math.nan, math.nan)


def _gained(score: Score, difference: float) -> str:
    """Difference of scores with its unit: +6.5 points."""
    return f"{score.difference(difference)} {score.unit}"


def format_p(p: float) -> str:
    """P value as text: p = 0.012."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _named(names: Iterable) -> str:
    *most, last = map(str, names)
    return f"{', '.join(most)} and {last}" if most else last


def _score_words(benchmark: Benchmark, best: str, raw: str) -> list[str]:
    score = benchmark.score
    comparison = compared(benchmark, best, raw)
    ahead = float(without_rounding_noise(comparison.difference))
    gap = f"{score.number(abs(ahead))} {score.unit}"
    n_folds = benchmark.about.get("n_folds")
    if ahead == 0:
        opening = "Undecided: the best features and the best raw pixels are equally accurate."
    elif not comparison.is_tested:
        opening = f"Untested: {best if ahead > 0 else raw} is ahead by {gap}, but no test was possible."
    elif not comparison.is_significant:
        leader = "features" if ahead > 0 else "raw pixels"
        images_decide = comparison.p_images < ALPHA
        doubt = f"{n_folds} folds are too few to be sure" if images_decide and n_folds else "chance is not ruled out"
        opening = f"Undecided: {leader} are ahead by {gap}, but {doubt}."
    elif ahead > 0:
        opening = f"Yes: hand-made features beat raw pixels by {gap}."
    else:
        opening = f"No: raw pixels beat hand-made features by {gap}."
    text = f"Best features: {best}, {_reached(benchmark, best)}. Best raw pixels: {raw}, {_briefly(benchmark, raw)}."
    if comparison.is_tested:
        text += f" The difference is {_gained(score, ahead)}"
        alone = _tests_words(comparison.p_folds_alone, comparison.p_images_alone)
        if not math.isnan(comparison.low):
            interval = f"{score.difference(comparison.low)} to {_gained(score, comparison.high)}"
            alone = f"95 % interval {interval}, {alone}"
        text += f"; for this pair alone, {alone}; adjusted for all pairs, "
        text += f"{_tests_words(comparison.p_folds, comparison.p_images)}."
    return [opening, text + _errors_words(benchmark, best, raw, ahead)]


def _reached(benchmark: Benchmark, name: str) -> str:
    if "mae" in benchmark.table:
        return _briefly(benchmark, name)
    right = "all labels right" if "micro_f1" in benchmark.table else "right"
    return f"{right} on {_briefly(benchmark, name)} of the test images"


def _briefly(benchmark: Benchmark, name: str) -> str:
    text = benchmark.score.text(scores_of(benchmark)[name])
    if "mae" not in benchmark.table:
        return text
    return f"{text} and a mean absolute error of {benchmark.table.loc[name, 'mae']:.4g}"


def _errors_words(benchmark: Benchmark, best: str, raw: str, ahead: float) -> str:
    if "mae" in benchmark.table:  # smaller is better
        errors = [benchmark.table.loc[name, "mae"] for name in (raw, best)]
        if errors[0] == 0:
            return ""
        change = 100 * (errors[1] / errors[0] - 1)
        size = f"{abs(change):.0f} % {'smaller' if change < 0 else 'larger'} than"
        return f" Its mean absolute error is {size if round(change) else 'as large as'} that of raw pixels."
    errors = [1 - scores_of(benchmark)[name] for name in (raw, best)]
    if ahead <= 0 or errors[0] <= 0:
        return ""
    return f" The features make {100 * (1 - errors[1] / errors[0]):.0f} % fewer errors than the raw pixels."


def _tests_words(p_folds: float, p_images: float) -> str:
    tests = (("over the folds", p_folds), ("over the images", p_images))
    return _named(f"{format_p(p)} {where}" for where, p in tests if not math.isnan(p))


def _other_candidates_words(benchmark: Benchmark, best: str, raw: str) -> str:
    score = benchmark.score
    worse, alike = [], []
    for name in benchmark.table.index:
        if name == best or name in benchmark.baselines:
            continue
        comparison = compared(benchmark, name, raw)
        if comparison.is_significant and comparison.difference < 0:
            worse.append(f"{name} ({_gained(score, comparison.difference)})")
        elif comparison.is_tested and not comparison.is_significant:
            alike.append(name)
    sentences = []
    if worse:
        sentences.append(f"Worse than {raw}: {_named(worse)}.")
    if alike:
        sentences.append(f"Not significantly different from {raw}: {_named(alike)}.")
    return " ".join(sentences)


def _learning_words(benchmark: Benchmark, best: str, raw: str) -> str:
    if benchmark.learning is None or benchmark.learning["n_train"].nunique() < 2:
        return ""
    score = benchmark.score
    means = benchmark.learning.groupby(["candidate", "n_train"], sort=False)[score.column].mean().unstack("n_train")
    means = means.sort_index(axis=1)
    few, many = means.columns[0], means.columns[-1]
    leaders = {size: _leaders(means[size]) for size in means}
    opening = f"With {few:,} training images"
    if len(leaders[few]) == len(means) > 1:
        sentences = [f"{opening} all candidates are equally accurate: {score.text(means[few].max())}."]
    else:
        of_raw = "" if raw in leaders[few] else f"; {raw} has {score.text(means.loc[raw, few])}"
        lead = "leads" if len(leaders[few]) == 1 else "lead"
        sentences = [f"{opening} {_named(leaders[few])} {lead} with {score.text(means[few].max())}{of_raw}."]
        if len(leaders[few]) == 1 and all(names == leaders[few] for names in leaders.values()):
            sentences.append(f"It stays ahead of all others up to {many:,} images.")
    crossings = benchmark.crossing_points()
    of_interest = crossings["behind"].isin([best, raw]) | crossings["ahead"].isin([best, raw])
    for row in crossings[of_interest].itertuples():
        if row.ahead in benchmark.baselines and row.behind in benchmark.baselines:
            continue
        comparison = compared(benchmark, row.ahead, row.behind)
        if not (comparison.is_significant and comparison.difference > 0):
            continue  # curves that do not differ significantly cross by chance
        sentences.append(f"From about {row.n_train:,} images on {row.ahead} is ahead of {row.behind}.")
    return " ".join(sentences)


def _leaders(scores: "Series") -> list[str]:
    rounded = without_rounding_noise(scores)
    return list(scores.index[rounded == np.nanmax(rounded)])


def _robustness_words(benchmark: Benchmark, best: str, raw: str) -> str:
    if benchmark.robustness is None or benchmark.robustness.empty:
        return ""
    score = benchmark.score
    means = benchmark.robustness.groupby(["candidate", "corruption"])[score.column].mean().unstack("corruption")
    overall = ranked(means.mean(axis=1))
    n_kinds = means.shape[1]
    sentences = [
        f"When the test images are corrupted ({n_kinds} {'kind' if n_kinds == 1 else 'kinds'}), "
        f"the mean {score.name} is: "
        + ", ".join(f"{name} {_value(score, value)}" for name, value in overall.items())
        + "."
    ]
    of_best = means.loc[best]
    if np.ptp(without_rounding_noise(of_best)) > 0:
        hardest = of_best.idxmin()
        sentences.append(f"Hardest for {best}: {_spoken(hardest)} ({_value(score, of_best[hardest])}).")
    of_raw = means.loc[[name for name in means.index if name in benchmark.baselines]].max()
    behind = [
        f"{_spoken(kind)} ({_gained(score, lead)})"
        for kind, lead in zip(means.columns, without_rounding_noise(of_best - of_raw))
        if lead < 0
    ]
    sentences.append(
        f"It is behind the best raw pixels under {_named(behind)}."
        if behind
        else "Under none of them is it behind raw pixels."
    )
    return " ".join(sentences)


def _value(score: Score, value: float) -> str:
    return score.text(value) if score.factor == 100 else score.number(value)


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
    scores = scores_of(benchmark)
    leaders, most = _leaders(scores), benchmark.score.text(scores.max())
    if len(leaders) == len(scores) > 1:
        opening = f"All {len(scores)} candidates are equally accurate: {most}."
    else:
        opening = f"Best of {len(scores)}: {_named(leaders)} with {most}."
    return [opening, "There are no raw pixels or no features to compare with, so no verdict on them."]


def _duplicate_words(benchmark: Benchmark) -> str:
    duplicates = benchmark.duplicates
    if duplicates is None or duplicates.empty:
        return ""
    exact, split = int(duplicates["exact"].sum()), int((duplicates["n_parted"] > 0).sum())
    text = f"near-duplicate pairs of images: {len(duplicates)} ({exact} identical pixel by pixel)"
    if split == 0:
        return f"There are {text}; none is split between training and test."
    return (
        f"Beware of {text}; {split} split between training and test, which makes every {benchmark.score.name} here "
        "too high."
    )
