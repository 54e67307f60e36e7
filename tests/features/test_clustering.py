"""What is learnt by clustering does not depend on the number of threads."""

import numpy as np
import pytest
from sklearn.base import clone
from threadpoolctl import threadpool_info, threadpool_limits

from featkit import BagOfVisualWords, PartMeasurements
from featkit.features._clustering import single_thread
from featkit.testing import check_pictures

IMAGES = list(check_pictures(6, height=60, width=80))


@pytest.mark.parametrize(
    ("extractor", "learnt"),
    [
        (PartMeasurements(parts=3), "part_colors_"),
        (PartMeasurements(parts={"dark": (0.1, 0.1, 0.1), "light": (0.8, 0.8, 0.8)}), "part_colors_"),
        (BagOfVisualWords(n_words=20), "codebook_.cluster_centers_"),
        (BagOfVisualWords(n_words=4, encoding="fisher"), "codebook_.means_"),
    ],
    ids=["parts", "named parts", "words", "mixture"],
)
@pytest.mark.filterwarnings("ignore:The colour learnt")
def test_equal_on_any_number_of_threads(extractor, learnt):
    found = []
    for n_threads in (1, 2, 3, 4):
        with threadpool_limits(limits=n_threads):
            value = clone(extractor).fit(IMAGES)
        for name in learnt.split("."):
            value = getattr(value, name)
        found.append(value)
    for other in found[1:]:
        np.testing.assert_array_equal(found[0], other)


def test_words_are_equal_batch_by_batch():
    found = []
    for n_threads in (1, 3):
        with threadpool_limits(limits=n_threads):
            words = BagOfVisualWords(n_words=10)
            words.partial_fit(IMAGES[:3]).partial_fit(IMAGES[3:])
        found.append(words.codebook_.cluster_centers_)
    np.testing.assert_array_equal(*found)


def test_the_number_of_threads_is_restored():
    def n_threads():
        return [pool["num_threads"] for pool in threadpool_info()]

    with threadpool_limits(limits=2):
        before = n_threads()
        with single_thread():
            assert max(n_threads()) == 1
        assert n_threads() == before
