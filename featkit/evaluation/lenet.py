"""LeNet-5, the small convolutional network that hand-made features were once measured against; needs torch."""

from collections.abc import Iterator
from itertools import islice
from numbers import Integral
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

import cv2
import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from .._optional import require
from ..image.alpha import flatten_alpha
from ..image.batches import check_images
from ..image.checks import Images
from ..image.conversions import to_float, to_gray
from ..parameters import COUNT, Interval, check_number

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

_SIDE = 28
_BATCH = 64
_RATE = 2e-3


class _LeNet5(ClassifierMixin, BaseEstimator):
    """See `lenet5`. What is learnt is kept as arrays, so that it can be pickled and stored without torch."""

    def __init__(self, *, n_steps: int = 2000, max_shift: int = 2, random_state: int | None = None) -> None:
        self.n_steps = n_steps
        self.max_shift = max_shift
        self.random_state = random_state

    def fit(self, X: Images, y: ArrayLike) -> Self:
        """Train on the images."""
        torch = require("torch", extra="cnn")
        self.classes_, codes = np.unique(y, return_inverse=True)
        images, targets = torch.from_numpy(_small_gray_stack(X)), torch.from_numpy(codes)
        rng = np.random.default_rng(self.random_state)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(rng.integers(2**31)))
            network = _network(torch, len(self.classes_))
            optimizer = torch.optim.Adam(network.parameters(), lr=_RATE)
            schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=self.n_steps)
            for batch in islice(_batches(len(images), rng), self.n_steps):
                optimizer.zero_grad()
                shifted = _shifted(torch, images[batch], rng, self.max_shift)
                torch.nn.functional.cross_entropy(network(shifted), targets[batch]).backward()
                optimizer.step()
                schedule.step()
        self.weights_ = {name: weight.numpy().copy() for name, weight in network.state_dict().items()}
        return self

    def predict_proba(self, X: Images) -> np.ndarray:
        """Probability of every class, (n_images, n_classes)."""
        check_is_fitted(self)
        torch = require("torch", extra="cnn")
        network = _network(torch, len(self.classes_))
        network.load_state_dict({name: torch.from_numpy(weight) for name, weight in self.weights_.items()})
        network.eval()
        with torch.no_grad():
            parts = torch.from_numpy(_small_gray_stack(X)).split(1024)
            return np.concatenate([torch.softmax(network(part), dim=1).numpy() for part in parts])

    def predict(self, X: Images) -> np.ndarray:
        """Most probable class of every image."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags


def _small_gray_stack(X: Images) -> np.ndarray:
    grays = [to_float(to_gray(flatten_alpha(image))) for image in check_images(X)]
    return np.stack([cv2.resize(gray, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA) for gray in grays])[:, np.newaxis]


def _batches(n_images: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    while True:
        yield from np.array_split(rng.permutation(n_images), -(-n_images // _BATCH))


def _shifted(torch: ModuleType, images: "Tensor", rng: np.random.Generator, max_shift: int) -> "Tensor":
    padded = torch.nn.functional.pad(images, 4 * [max_shift])
    corners = rng.integers(0, 2 * max_shift + 1, (len(images), 2))
    moved = [image[:, row : row + _SIDE, col : col + _SIDE] for image, (row, col) in zip(padded, corners)]
    return torch.stack(moved)


def _network(torch: ModuleType, n_classes: int) -> "Module":
    nn = torch.nn
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, n_classes)),
    )


def lenet5(*, n_steps: int = 2000, max_shift: int = 2, random_state: int | None = None) -> BaseEstimator:
    """LeNet-5, a small convolutional network, as a classifier of images beside hand-made features.

    Parameters
    ----------
    n_steps : int, default=2000
        Batches of 64 that it is trained on, at least 1: however few images there are, it has the time to learn them.
    max_shift : int, default=2
        From 0. In every batch each image is moved by up to so many pixels of 28 in either direction.
    random_state : int or None, default=None
        Seed of weights, order and shifts.

    Returns
    -------
    classifier : estimator with fit, predict and predict_proba
        Takes a batch of images, which it turns gray and stretches to 28 x 28. Two convolutions (6 and 16 maps of 5 x 5,
        each followed by a maximum over 2 x 2) and three dense layers (120, 84, n_classes), with rectifiers, trained by
        Adam on the cross-entropy. Its fit needs torch, from the extra ``cnn``.

    Raises
    ------
    InvalidParameterError
        When `n_steps` is below 1 or `max_shift` below 0.

    See Also
    --------
    raw_pixel_baselines : Classifiers of raw pixels without a network.

    References
    ----------
    LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document recognition",
    doi:10.1109/5.726791.

    Examples
    --------
    >>> from featkit.evaluation import lenet5
    >>> lenet5(n_steps=500).get_params()
    {'max_shift': 2, 'n_steps': 500, 'random_state': None}
    """
    check_number("n_steps", n_steps, COUNT)
    check_number("max_shift", max_shift, Interval(Integral, 0, None, closed="left"))
    return _LeNet5(n_steps=n_steps, max_shift=max_shift, random_state=random_state)
