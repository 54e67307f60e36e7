"""A fraction of the files that `python -m tools.formats` reads: each is right, to within rounding."""

import numpy as np
import pytest

from featkit import read_image
from tests.io.corpus import samples

EVERY = 4
SAMPLES = list(samples())


def test_the_files_are_many_and_have_names_of_their_own():
    assert len(SAMPLES) >= 300
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES)


@pytest.mark.filterwarnings("ignore:.*calls none of them alpha")
@pytest.mark.parametrize("sample", SAMPLES[::EVERY], ids=lambda sample: sample.name)
def test_a_file_is_read_right(sample):
    found = read_image(sample.content)
    assert found.shape == sample.truth.shape
    white = 65535 if found.dtype == np.uint16 and sample.tolerance else 1
    assert np.abs(found.astype(np.float64) - sample.truth).max() / white <= sample.tolerance
