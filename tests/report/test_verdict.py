"""The verdict says what the figures give: who wins, by how much, how surely; names decide nothing."""

from dataclasses import replace

import numpy as np
import pytest

from featkit.evaluation._columns import ACCURACY
from featkit.report._verdict import best_rivals, spoken_verdict, verdict

EVIL = "<script>alert(1)</script>"
BEST, RAW = "normalised HOG + SVM", "raw pixels + tuned SVM"


def test_no_difference_has_no_sign():
    assert [ACCURACY.difference(difference) for difference in (-1e-17, 0.0, 0.0004, -0.08)] == [
        "±0.0",
        "±0.0",
        "±0.0",
        "−8.0",
    ]


def test_verdict_says_who_wins_by_how_much_and_how_surely(made_up_benchmark):
    headline, words, *_ = verdict(made_up_benchmark)
    assert headline == "Yes: hand-made features beat raw pixels by 6.5 points."
    assert words == (
        f"Best features: {BEST}, right on 98.5 % of the test images. Best raw pixels: {RAW}, 92.0 %. The difference is "
        "+6.5 points; for this pair alone, 95 % interval +5.5 to +7.5 points, p < 0.001 over the folds and p < 0.001 "
        "over the images; adjusted for all pairs, p = 0.002 over the folds and p = 0.001 over the images. The "
        "features make 81 % fewer errors than the raw pixels."
    )


def test_verdict_says_where_features_lose(made_up_benchmark):
    text = " ".join(verdict(made_up_benchmark))
    assert f"Worse than {RAW}: colours {EVIL} (−8.0 points)." in text
    assert f"Hardest for {BEST}: occlusion (" in text
    assert "From about" in text
    assert f"on HOG + SVM is ahead of {RAW}" in text
    assert "Beware of near-duplicate pairs of images: 2 (1 identical pixel by pixel); 1 split between" in text


def test_the_command_says_how_the_best_bear_changed_images(made_up_benchmark):
    answer, words, *changed = spoken_verdict(made_up_benchmark)
    assert [answer, words] == verdict(made_up_benchmark)[:2]
    assert len(changed) == 1
    assert f"Hardest for {BEST}: occlusion (" in changed[0]
    assert spoken_verdict(replace(made_up_benchmark, robustness=None)) == [answer, words]


def test_curves_of_candidates_that_cannot_be_told_apart_cross_without_a_word(made_up_benchmark):
    undecided = made_up_benchmark.pairs.assign(p_resampled_holm=0.4, p_mcnemar_holm=0.02)
    assert "From about" not in " ".join(verdict(replace(made_up_benchmark, pairs=undecided)))


def of_two(made_up_benchmark, gain, **pair):
    """The best features and the best raw pixels alone, the first ahead by `gain`."""
    table = made_up_benchmark.table.loc[[RAW, BEST]].copy()
    table["accuracy"] = [0.9, 0.9 + gain]
    pairs = made_up_benchmark.pairs.iloc[[0]].assign(a=RAW, b=BEST, difference=-gain)
    pairs = pairs.assign(**{"low": -gain - 0.01, "high": -gain + 0.01, **pair})
    frames = {name: getattr(made_up_benchmark, name) for name in ("robustness", "learning")}
    predictions = made_up_benchmark.predictions
    return replace(
        made_up_benchmark,
        table=table,
        pairs=pairs,
        predictions=predictions[predictions["candidate"].isin(table.index)],
        **{name: frame.iloc[:0] for name, frame in frames.items()},
    )


YES, NO = "Yes: hand-made features beat raw pixels by 3.0", "No: raw pixels beat hand-made features by 3.0"
FEW = "Undecided: features are ahead by 3.0 points, but 6 folds are too few to be sure."


@pytest.mark.parametrize(
    ("gain", "over_folds", "over_images", "headline"),
    [
        (0.03, 0.01, 0.01, f"{YES} points."),
        (0.03, 0.2, 0.01, FEW),
        (0.03, 0.2, 0.2, "Undecided: features are ahead by 3.0 points, but chance is not ruled out."),
        (-0.03, 0.2, 0.2, "Undecided: raw pixels are ahead by 3.0 points, but chance is not ruled out."),
        (0.03, 0.0, 0.25, "Undecided: features are ahead by 3.0 points, but chance is not ruled out."),  # no variance
        (0.03, 1.0, 0.009, f"{YES} points."),  # three folds give the t-test no power; the images are sure
        (-0.03, 1.0, 0.009, f"{NO} points."),
        (-0.03, 0.01, 0.01, f"{NO} points."),
        (0.03, np.nan, 0.01, f"{YES} points."),  # a single fold is tested by its images
        (0.03, np.nan, np.nan, f"Untested: {BEST} is ahead by 3.0 points, but no test was possible."),
        (-0.03, np.nan, np.nan, f"Untested: {RAW} is ahead by 3.0 points, but no test was possible."),
    ],
)
def test_verdict_follows_difference_and_both_tests(made_up_benchmark, gain, over_folds, over_images, headline):
    found = of_two(made_up_benchmark, gain, p_resampled_holm=over_folds, p_mcnemar_holm=over_images)
    assert verdict(found)[0] == headline


def test_a_single_fold_has_a_p_and_no_interval(made_up_benchmark):
    nan = np.nan
    tests = {"p_resampled": nan, "p_mcnemar": 0.005, "p_resampled_holm": nan, "p_mcnemar_holm": 0.01}
    found = of_two(made_up_benchmark, 0.03, low=nan, high=nan, **tests)
    told = (
        "The difference is +3.0 points; for this pair alone, p = 0.005 over the images; adjusted for all pairs, "
        "p = 0.010 over the images."
    )
    assert told in verdict(found)[1]


def test_the_leader_of_the_smallest_sets_is_named_once(made_up_benchmark):
    learning = made_up_benchmark.learning.copy()
    learning.loc[(learning["n_train"] == 100) & (learning["candidate"] == RAW), "accuracy"] = 0.99
    text = " ".join(verdict(replace(made_up_benchmark, learning=learning)))
    assert f"With 100 training images {RAW} leads with 99.0 %. " in text


def test_robustness_verdict_names_the_changes_under_which_raw_pixels_are_better(made_up_benchmark):
    robustness = made_up_benchmark.robustness.copy()
    robustness.loc[(robustness["corruption"] == "occlusion") & (robustness["candidate"] == BEST), "accuracy"] = 0.5
    text = " ".join(verdict(replace(made_up_benchmark, robustness=robustness)))
    mean_raw = robustness[(robustness["corruption"] == "occlusion") & robustness["candidate"].str.contains("raw")]
    best_raw = mean_raw.groupby("candidate")["accuracy"].mean().max()
    assert f"It is behind the best raw pixels under occlusion (−{100 * (best_raw - 0.5):.1f} points)." in text


def test_candidates_of_one_kind_get_a_ranking(made_up_benchmark):
    table = made_up_benchmark.table.loc[["HOG + SVM", BEST]]
    assert verdict(replace(made_up_benchmark, table=table))[0] == f"Best of 2: {BEST} with 98.5 %."


# Nothing depends on a name


def renamed(benchmark, names):
    """The same benchmark with other names of its candidates."""
    frames = {
        name: getattr(benchmark, name).replace({"candidate": names, "a": names, "b": names})
        for name in ("predictions", "pairs", "learning", "robustness", "robustness_summary", "ablation")
    }
    baselines = [names.get(name, name) for name in benchmark.baselines]
    return replace(
        benchmark, table=benchmark.table.rename(names), about=benchmark.about | {"baselines": baselines}, **frames
    )


@pytest.mark.parametrize(
    "names",
    [
        {BEST: "HOG, 4x4 pixels a cell", "HOG + SVM": "superpixels"},
        {RAW: "Raw Pixels", "raw pixels + MLP": "grey values"},
        {BEST: "pixels", RAW: "features"},
        {name: str(number) for number, name in enumerate((RAW, "raw pixels + MLP", "HOG + SVM", BEST))},
    ],
)
def test_other_names_give_the_same_verdict_with_other_names(made_up_benchmark, names):
    placeholders = {name: f"<<{number}>>" for number, name in enumerate(names)}
    back = {placeholder: names[name] for name, placeholder in placeholders.items()}

    def with_new_names(text):
        for name in sorted(placeholders, key=len, reverse=True):
            text = text.replace(name, placeholders[name])
        for placeholder, name in back.items():
            text = text.replace(placeholder, name)
        return text

    expected = [with_new_names(sentence) for sentence in verdict(made_up_benchmark)]
    found = verdict(renamed(made_up_benchmark, names))
    assert found[0] == "Yes: hand-made features beat raw pixels by 6.5 points."
    assert found == expected


def test_rivals_are_the_best_baseline_and_the_best_of_the_others(made_up_benchmark):
    assert best_rivals(made_up_benchmark) == (BEST, RAW)
    swapped = replace(made_up_benchmark, about=made_up_benchmark.about | {"baselines": [BEST]})
    assert best_rivals(swapped) == ("HOG + SVM", BEST)
    for baselines in ([], list(made_up_benchmark.table.index)):
        assert best_rivals(replace(made_up_benchmark, about={"baselines": baselines})) is None


# No leader where there is none


def all_equal(made_up_benchmark, noise):
    """Every candidate at 90 %, but for the rounding of a sum."""
    table = made_up_benchmark.table.copy()
    table["accuracy"] = 0.9 + noise * (np.arange(len(table)) - 2)
    frames = {name: getattr(made_up_benchmark, name).copy() for name in ("learning", "robustness")}
    for frame in frames.values():
        numbers = frame["candidate"].map({name: k for k, name in enumerate(table.index)})
        frame["accuracy"] = 0.9 + noise * (numbers - 2)
    pairs = made_up_benchmark.pairs.assign(
        difference=noise, low=-0.01, high=0.01, p_resampled_holm=1.0, p_mcnemar_holm=1.0
    )
    return replace(made_up_benchmark, table=table, pairs=pairs, **frames)


@pytest.mark.parametrize("noise", [0, 1e-16, -1e-15])
def test_where_all_are_equal_nobody_leads(made_up_benchmark, noise):
    sentences = verdict(all_equal(made_up_benchmark, noise))
    text = " ".join(sentences)
    assert sentences[0] == "Undecided: the best features and the best raw pixels are equally accurate."
    assert "With 100 training images all candidates are equally accurate: 90.0 %." in text
    for word in ("ahead", "leads", "Hardest", "fewer errors", "behind the best raw pixels under"):
        assert word not in text.replace("Under none of them is it behind", "")


@pytest.mark.parametrize("noise", [0, 1e-16, -1e-15])
def test_a_ranking_of_equals_has_no_best(made_up_benchmark, noise):
    found = replace(all_equal(made_up_benchmark, noise), about={})
    assert verdict(found)[0] == "All 5 candidates are equally accurate: 90.0 %."


def test_two_that_share_the_lead_are_both_named(made_up_benchmark):
    table = made_up_benchmark.table.copy()
    table.loc["HOG + SVM", "accuracy"] = table.loc[BEST, "accuracy"] + 1e-16
    found = replace(made_up_benchmark, table=table, about={})
    assert verdict(found)[0] == f"Best of 5: HOG + SVM and {BEST} with 98.5 %."
    learning = made_up_benchmark.learning.copy()
    learning.loc[learning["candidate"].isin(["HOG + SVM", RAW]) & (learning["n_train"] == 100), "accuracy"] = 0.97
    text = " ".join(verdict(replace(made_up_benchmark, learning=learning)))
    assert f"With 100 training images {RAW} and HOG + SVM lead with 97.0 %. " in text


def test_a_lead_that_is_shared_later_is_not_kept(made_up_benchmark):
    learning = made_up_benchmark.learning.copy()
    at_all = learning["n_train"] == 1000
    learning.loc[at_all & learning["candidate"].isin([BEST, RAW]), "accuracy"] = 0.985
    assert "stays ahead" not in " ".join(verdict(replace(made_up_benchmark, learning=learning)))


def test_sentences_begin_with_capitals_whatever_the_candidates_are_called(made_up_benchmark):
    names = {name: name.lower() for name in made_up_benchmark.table.index}
    for sentence in verdict(renamed(made_up_benchmark, names)):
        for part in sentence.split(". "):
            assert part[0].isupper(), part
