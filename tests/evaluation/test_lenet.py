"""LeNet-5 says what it needs where torch is not there; its images are what the network expects."""

import sys

import numpy as np
import pytest
from sklearn.base import clone, is_classifier

from featkit.evaluation import lenet5
from featkit.evaluation.lenet import _batches, _small_gray_stack
from featkit.exceptions import MissingDependencyError
from featkit.parameters import InvalidParameterError


def test_it_is_a_classifier_with_parameters():
    network = clone(lenet5(n_steps=7, max_shift=1))
    assert is_classifier(network)
    assert network.get_params() == {"n_steps": 7, "max_shift": 1, "random_state": None}


def test_without_torch_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingDependencyError, match=r"featkit-images\[cnn\]"):
        lenet5().fit(np.zeros((4, 28, 28)), [0, 1, 0, 1])


def test_images_become_gray_28_by_28():
    color = np.zeros((56, 56, 3), dtype=np.uint8)
    color[..., 1] = 255
    stack = _small_gray_stack([color, np.ones((28, 28))])
    assert stack.shape == (2, 1, 28, 28)
    assert stack[0] == pytest.approx(150 / 255, abs=1e-6)
    assert stack[1] == pytest.approx(1)


@pytest.mark.parametrize("n_images", [3, 64, 150])
def test_every_image_is_seen_once_in_each_pass(n_images):
    batches = _batches(n_images, np.random.default_rng(0))
    n_batches = -(-n_images // 64)
    for _ in range(2):
        seen = np.concatenate([next(batches) for _ in range(n_batches)])
        assert sorted(seen.tolist()) == list(range(n_images))


@pytest.mark.parametrize("options", [{"n_steps": 0}, {"n_steps": 2.5}, {"max_shift": -1}])
def test_numbers_that_cannot_be_are_refused(options):
    (name,) = options
    with pytest.raises(InvalidParameterError, match=f"'{name}' parameter must be"):
        lenet5(**options)
