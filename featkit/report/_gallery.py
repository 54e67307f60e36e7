"""Images that one candidate gets wrong and another gets right."""

from collections.abc import Sequence
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from ..display._curves import candidate_styles
from ..evaluation.benchmarking.results import Benchmark
from ..image.checks import Image
from ._images import picture_url

if TYPE_CHECKING:
    from pandas import Series

MOST = 150  # images in the page, so that it stays small
MOST_OF_A_PAIR = 12


def error_gallery(
    benchmark: Benchmark, images: Sequence[Image] | np.ndarray | None, shown_pair: tuple[str, str]
) -> dict | None:
    """Choose and encode the images on which candidates differ.

    An image that is predicted in several repeats counts as wrong where most of its predictions are, as right where
    most are right, and as neither where they are half and half.

    Parameters
    ----------
    benchmark : Benchmark
        With ``predictions``, whose column image counts `images`.
    images : sequence of ndarray
    shown_pair : (str, str)
        The candidate that is wrong and the one that is right when the page opens.

    Returns
    -------
    gallery : dict or None
        ``items`` (url, truth, what each candidate said, who is wrong, who is right) and ``counts`` by pair of
        candidates' numbers; None where nothing was predicted, or numbers, or the candidates err alike.
    """
    predictions = benchmark.predictions
    if images is None or predictions is None or predictions.empty or benchmark.about.get("task") == "regression":
        return None
    errors = predictions.assign(is_error=predictions["truth"] != predictions["predicted"])
    rate = errors.groupby(["image", "candidate"], sort=True)["is_error"].mean().unstack("candidate")
    rate = rate.dropna()  # only images that every candidate was tested on
    wrong, right = rate > 0.5, rate < 0.5
    truth = predictions.drop_duplicates("image").set_index("image")["truth"].loc[rate.index]
    numbers = {name: style.number for name, style in candidate_styles(benchmark.table.index).items()}
    pairs = [shown_pair, *(pair for pair in permutations(rate.columns, 2) if pair != shown_pair)]
    counts: dict[str, int] = {}
    chosen: dict[int, None] = {}
    for bad, good in pairs:
        differing = rate.index[wrong[bad] & right[good]]
        counts[f"{numbers[bad]}-{numbers[good]}"] = len(differing)
        for image in differing[:MOST_OF_A_PAIR]:
            if len(chosen) < MOST:
                chosen[image] = None
    said = errors[errors["is_error"] & errors["image"].isin(chosen)].groupby(["image", "candidate"])["predicted"]
    mistaken_for = said.agg(_most_frequent)
    items = [
        {
            "url": picture_url(images[image], longest=96),
            "truth": str(truth[image]),
            "wrong": [numbers[name] for name in rate.columns if wrong.loc[image, name]],
            "right": [numbers[name] for name in rate.columns if right.loc[image, name]],
            "said": {
                numbers[name]: str(mistaken_for[image, name] if wrong.loc[image, name] else truth[image])
                for name in rate.columns
            },
        }
        for image in sorted(chosen)
    ]
    shown = tuple(numbers[name] for name in shown_pair)
    return {"items": items, "counts": counts, "shown": shown} if items else None


def _most_frequent(labels: "Series") -> Any:
    """The label that occurs most; of several such the one that came first."""
    return labels.value_counts(sort=False).idxmax()
