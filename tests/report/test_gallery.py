"""The gallery counts an image once, by what most of its predictions say, in whatever order labels stand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from featkit.report._gallery import error_gallery

IMAGES = np.zeros((3, 8, 8))


def predicted(made_up_benchmark, **answers):
    """Benchmark in which every image is a cat, and each candidate gives its answers in as many repeats."""
    rows = [
        (name, repeat, 0, image, "cat", answer)
        for name, of_images in answers.items()
        for image, of_image in enumerate(of_images)
        for repeat, answer in enumerate(of_image)
    ]
    predictions = pd.DataFrame(rows, columns=["candidate", "repeat", "fold", "image", "truth", "predicted"])
    table = made_up_benchmark.table.iloc[: len(answers)].set_axis(list(answers))
    return replace(made_up_benchmark, table=table, predictions=predictions)


@pytest.mark.parametrize("other", ["bee", "dog"])  # before and after the truth in the alphabet
def test_once_right_and_once_wrong_is_neither(made_up_benchmark, other):
    answers = {"bad": [["cat", other], [other, other], ["cat", "cat"]], "good": [["cat", "cat"]] * 3}
    gallery = error_gallery(predicted(made_up_benchmark, **answers), IMAGES, ("bad", "good"))
    assert gallery["counts"] == {"0-1": 1, "1-0": 0}
    (item,) = gallery["items"]
    assert (item["wrong"], item["right"]) == ([0], [1])
    undecided = {"bad": [[other]] * 3, "good": [["cat", other], [other, "cat"], ["cat", "cat"]]}
    counts = error_gallery(predicted(made_up_benchmark, **undecided), IMAGES, ("bad", "good"))["counts"]
    assert counts == {"0-1": 1, "1-0": 0}


@pytest.mark.parametrize("order", [("bee", "dog", "cat"), ("cat", "dog", "bee"), ("dog", "cat", "bee")])
def test_most_predictions_decide_and_the_order_does_not(made_up_benchmark, order):
    """Two of three are wrong, with two different labels: the truth is the most frequent label of none."""
    answers = {"bad": [order] * 3, "good": [["cat", "cat", "bee"]] * 3}
    gallery = error_gallery(predicted(made_up_benchmark, **answers), IMAGES, ("bad", "good"))
    assert gallery["counts"] == {"0-1": 3, "1-0": 0}
    first_error = next(label for label in order if label != "cat")
    assert [item["said"] for item in gallery["items"]] == [{0: first_error, 1: "cat"}] * 3


@pytest.mark.parametrize(
    ("truth", "other"),
    [(3, 10), (10, 3), (True, False), (False, True), (("a", "b"), ("a",)), (np.str_("x"), np.str_("b"))],
)
def test_labels_of_any_kind_in_any_order_of_rows_give_the_same_counts(made_up_benchmark, truth, other):
    """Numbers whose texts sort otherwise, truth values, sets of labels; repeats and candidates in another order."""
    answers = {
        "bad": [[truth, other], [other, other], [truth, truth]],
        "good": [[truth, truth], [truth, truth], [other, truth]],
    }
    benchmark = predicted(made_up_benchmark, **answers)
    rows = benchmark.predictions.assign(truth=[truth] * len(benchmark.predictions))
    for seed in range(3):
        shuffled = replace(benchmark, predictions=rows.sample(frac=1, random_state=seed))
        gallery = error_gallery(shuffled, IMAGES, ("bad", "good"))
        assert gallery["counts"] == {"0-1": 1, "1-0": 0}
        (item,) = gallery["items"]
        assert (item["truth"], item["said"]) == (str(truth), {0: str(other), 1: str(truth)})


@pytest.mark.parametrize("names", [("a", "b", "c"), ("c", "a", "b")])
def test_an_image_that_one_candidate_has_half_right_counts_between_the_two_others(made_up_benchmark, names):
    wrong, half, right = names
    of_name = {wrong: ["bee", "bee"], half: ["cat", "bee"], right: ["cat", "cat"]}
    answers = {name: [of_name[name]] * 3 for name in sorted(names)}
    number = {name: k for k, name in enumerate(sorted(names))}
    counts = error_gallery(predicted(made_up_benchmark, **answers), IMAGES, (wrong, right))["counts"]
    assert counts.pop(f"{number[wrong]}-{number[right]}") == 3
    assert len(counts) == 5
    assert not any(counts.values())


def test_the_most_frequent_error_is_shown(made_up_benchmark):
    answers = {"bad": [["cat", "bee", "dog", "dog"]] * 3, "good": [["cat"] * 4] * 3}
    gallery = error_gallery(predicted(made_up_benchmark, **answers), IMAGES, ("bad", "good"))
    assert {item["said"][0] for item in gallery["items"]} == {"dog"}


def test_where_nobody_differs_there_is_no_gallery(made_up_benchmark):
    answers = {"bad": [["dog"]] * 3, "good": [["bee"]] * 3}
    assert error_gallery(predicted(made_up_benchmark, **answers), IMAGES, ("bad", "good")) is None
    assert error_gallery(predicted(made_up_benchmark, **answers), None, ("bad", "good")) is None
