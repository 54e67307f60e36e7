"""Images that one candidate gets wrong and another gets right."""

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from ..display._curves import candidate_styles
from ..evaluation.benchmarking.results import Benchmark
from ..image.checks import Image
from ._images import picture_url

if TYPE_CHECKING:
    from pandas import Series

MOST = 150  # pictures in the page, so that it stays small
MOST_OF_A_PAIR = 12


def error_gallery(
    benchmark: Benchmark, images: Sequence[Image] | np.ndarray | None, shown_pair: tuple[str, str]
) -> dict | None:
    """Choose and encode the pictures on which candidates differ.

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
        ``items`` (url, truth, what each candidate said, who is wrong) and ``counts`` by pair of candidates' numbers;
        None where nothing was predicted or the candidates err alike.
    """
    predictions = benchmark.predictions
    if images is None or predictions is None or predictions.empty:
        return None
    said = predictions.groupby(["image", "candidate"], sort=True)["predicted"].agg(_most_frequent).unstack("candidate")
    said = said.dropna()  # only images that every candidate was tested on
    truth = predictions.drop_duplicates("image").set_index("image")["truth"].loc[said.index]
    wrong = said.ne(truth, axis=0)
    numbers = {name: style.number for name, style in candidate_styles(benchmark.table.index).items()}
    pairs = [shown_pair, *(pair for pair in permutations(wrong.columns, 2) if pair != shown_pair)]
    counts: dict[str, int] = {}
    chosen: dict[int, None] = {}
    for bad, good in pairs:
        differing = wrong.index[wrong[bad] & ~wrong[good]]
        counts[f"{numbers[bad]}-{numbers[good]}"] = len(differing)
        for image in differing[:MOST_OF_A_PAIR]:
            if len(chosen) < MOST:
                chosen[image] = None
    items = [_item(images[image], truth[image], said.loc[image], wrong.loc[image], numbers) for image in sorted(chosen)]
    shown = tuple(numbers[name] for name in shown_pair)
    return {"items": items, "counts": counts, "shown": shown} if items else None


def _most_frequent(labels: "Series") -> Any:
    return labels.mode().iloc[0]


def _item(image: Image, truth: Any, said: "Series", wrong: "Series", numbers: Mapping[str, int]) -> dict:
    return {
        "url": picture_url(image, longest=96),
        "truth": str(truth),
        "wrong": [numbers[name] for name in wrong.index if wrong[name]],
        "said": {numbers[name]: str(label) for name, label in said.items()},
    }
