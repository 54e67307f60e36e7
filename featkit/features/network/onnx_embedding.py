"""Embedding of a pretrained network from an ONNX file, computed by OpenCV."""

import hashlib
import os
import stat
import threading
from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import ArrayLike

from ...base.feature_extractor import FeatureExtractor
from ...exceptions import ImageFormatError, ModelFileError
from ...image.alpha import Background, flatten_alpha
from ...image.checks import Image
from ...image.conversions import to_float, to_gray, to_rgb
from ...parameters import BACKGROUND, POSITIVE, InvalidParameterError, StrOptions
from .._names import padded_numbers
from ._onnx_file import input_shapes

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

_of_thread = threading.local()  # OpenCV's networks keep the image that they work on: each thread has its own


class _Loaded(NamedTuple):
    """A file as it was read: its path, time and size; hash; network; shape of the input."""

    key: tuple[str, int, int]
    sha256: str
    network: Any
    input_shape: tuple[int | None, ...]


class ONNXEmbedding(FeatureExtractor):
    """Embedding of a pretrained network (deep features, transfer learning) from an ONNX file of your own.

    The file is run by OpenCV's module dnn, one image at a time. featkit ships no weights: whether the network may be
    used for your purpose is for its licence to say.

    Parameters
    ----------
    path : str
        The ONNX file, with its weights inside. It has one input, an image (channels first, as PyTorch has them, or
        last, as TensorFlow: the file says which), and one output: a vector, or feature maps, which are averaged over
        all positions. Of a classifier, cut off the last layer (``onnx.utils.extract_model``), or take the scores of
        its classes as they are.
    mean : float or sequence of 3 floats, default=(0.485, 0.456, 0.406)
        Subtracted from the channels, whose values lie in [0, 1]; the default is that of most networks trained on
        ImageNet. Red, green and blue, whatever `channels` says.
    std : float > 0 or sequence of 3 floats, default=(0.229, 0.224, 0.225)
        What the channels are divided by, after `mean`. A network that takes values of 0 to 255 wants ``mean=0`` and
        ``std=1 / 255``.
    channels : {"rgb", "bgr", "gray"}, default="rgb"
        Channels of the input, in order; for "gray", `mean` and `std` are numbers.
    sha256 : str or None, default=None
        SHA-256 of the file in hexadecimal digits; any other file is refused. None takes what is there in `fit`.
    background : float in [0, 1] or "mean", default=0.0
        What shows where the image is transparent.

    Attributes
    ----------
    image_shape_ : tuple of int
        Height and width of the images seen in fit.
    sha256_ : str
        SHA-256 of the file seen in fit. `transform` refuses another one.
    n_columns_ : int
        Numbers that the network gives for an image.

    Raises
    ------
    ModelFileError
        When there is no such file, OpenCV cannot read it, it is not the file of `sha256`, or its input is no image of
        these channels.
    ImageFormatError
        When the network asks for images of another size.

    See Also
    --------
    featkit.Resizer : Put before it, for a network takes images of one size: ``Resizer(height=224, width=224)``.
    featkit.HOG : A classical description, without weights.
    featkit.BagOfVisualWords : Learnt from your own images.

    Notes
    -----
    Learned only in that the file is looked at in fit. All images must have one size. Gray images are repeated to three
    channels. Alpha is laid on `background`. A saved model holds the path and the hash, not the weights: it needs the
    file where it was. OpenCV reads the file with code that is not made for files of bad intent: take only those whose
    source you know.

    References
    ----------
    A. S. Razavian et al., "CNN features off-the-shelf: an astounding baseline for recognition", CVPR Workshops 2014,
    doi:10.1109/CVPRW.2014.131.

    Examples
    --------
    A network pretrained on photos, in a pipeline::

        make_pipeline(Resizer(height=224, width=224), ONNXEmbedding(path="network.onnx"), StandardScaler(), SVC())

    >>> from featkit import ONNXEmbedding
    >>> ONNXEmbedding(path="network.onnx").mean
    (0.485, 0.456, 0.406)
    """

    parameter_constraints = {
        "path": [str],
        "mean": [Real, "array-like"],
        "std": [POSITIVE, "array-like"],
        "channels": [StrOptions({"rgb", "bgr", "gray"})],
        "sha256": [str, None],
        "background": BACKGROUND,
    }
    needs_equal_sizes = True
    requires_fit = True

    def __init__(
        self,
        *,
        path: str,
        mean: float | Sequence[float] = IMAGENET_MEAN,
        std: float | Sequence[float] = IMAGENET_STD,
        channels: str = "rgb",
        sha256: str | None = None,
        background: Background = 0.0,
    ) -> None:
        self.path = path
        self.mean = mean
        self.std = std
        self.channels = channels
        self.sha256 = sha256
        self.background = background

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        self.sha256_ = _network(self.path, self.sha256).sha256
        self.n_columns_ = len(self.image_extractor()(images[0]))

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        mean, std = self._normalization()
        loaded = _network(self.path, self.sha256_)
        is_last = self._channels_are_last(loaded.input_shape)

        def embed(image: Image) -> np.ndarray:
            planes = (_channels(to_float(flatten_alpha(image, self.background)), self.channels) - mean) / std
            if not is_last:
                planes = planes.transpose(2, 0, 1)
            try:
                loaded.network.setInput(np.ascontiguousarray(planes[np.newaxis], dtype=np.float32))
                found = loaded.network.forward()
            except cv2.error as error:
                size = " x ".join(str(side) for side in self.image_shape_)
                raise ImageFormatError(
                    f"Expected images that the network {self.path} takes, got {size} pixels, which OpenCV refuses: "
                    f"{_first_line(error)} Put the Resizer before it that the network asks for, such as "
                    "Resizer(height=224, width=224)."
                ) from error
            if found.ndim < 2 or found.shape[0] != 1:
                raise ModelFileError(
                    f"{self.path}: expected one row (1, ...) for one image, got an output of shape {found.shape}.",
                    path=self.path,
                )
            return found[0].mean(axis=(0, 1) if is_last else (1, 2)) if found.ndim == 4 else found.reshape(-1).copy()

        return embed

    def _channels_are_last(self, input_shape: tuple[int | None, ...]) -> bool:
        """Whether the file says so; what it says of channels and size has to be what comes."""
        n_channels = 1 if self.channels == "gray" else 3
        told = tuple("?" if size is None else size for size in input_shape)
        if len(input_shape) != 4 or n_channels not in (input_shape[1], input_shape[3]):
            raise ModelFileError(
                f"{self.path}: expected an input of shape (1, {n_channels}, height, width) or "
                f"(1, height, width, {n_channels}) for channels={self.channels!r}, got {told}.",
                path=self.path,
            )
        is_last = input_shape[1] != n_channels
        height, width = input_shape[1:3] if is_last else input_shape[2:]
        if any(side not in (None, here) for side, here in zip((height, width), self.image_shape_)):
            raise ImageFormatError(
                f"Expected images of {height} x {width} pixels, which the network {self.path} asks for, got "
                f"{self.image_shape_[0]} x {self.image_shape_[1]}. Put a Resizer(height={height}, width={width}) "
                "before it."
            )
        return is_last

    def _normalization(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation in the order of the channels."""
        found = []
        for name in ("mean", "std"):
            values = np.asarray(getattr(self, name), dtype=np.float32)
            shapes: tuple[tuple[int, ...], ...] = ((),) if self.channels == "gray" else ((), (3,))
            if values.shape not in shapes or not np.isfinite(values).all() or (name == "std" and (values <= 0).any()):
                expected = "a number" if self.channels == "gray" else "a number or three"
                above = " above 0" if name == "std" else ""
                raise InvalidParameterError(
                    f"The {name!r} parameter of ONNXEmbedding must be {expected}{above} for channels="
                    f"{self.channels!r}, got {getattr(self, name)!r}."
                )
            found.append(values[::-1] if self.channels == "bgr" and values.ndim else values)
        return found[0], found[1]

    def feature_names(self) -> list[str]:
        return [f"onnx_{number}" for number in padded_numbers(self.n_columns_)]


def _channels(picture: np.ndarray, channels: str) -> np.ndarray:
    """Float image (height, width, n_channels) in the order that the network asks for."""
    if channels == "gray":
        return to_gray(picture)[..., np.newaxis]
    color = to_rgb(picture)
    return color[..., ::-1] if channels == "bgr" else color


def _network(path: str, sha256: str | None) -> _Loaded:
    """Network of a file, of this thread alone, whose hash has to be `sha256` where that is given."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise ModelFileError(f"{path}: expected an ONNX file, got what is no regular file.", path=path)
        key = (path, status.st_mtime_ns, status.st_size)
        loaded: _Loaded | None = getattr(_of_thread, "loaded", None)
        if loaded is None or loaded.key != key:
            with open(path, "rb") as file:
                content = file.read()
            found = hashlib.sha256(content).hexdigest()
            _check_hash(path, found, sha256)  # before OpenCV reads it
            network = cv2.dnn.readNetFromONNX(np.frombuffer(content, dtype=np.uint8))
            loaded = _of_thread.loaded = _Loaded(key, found, network, _only_input(path, content))
            outputs = network.getUnconnectedOutLayersNames()
            if len(outputs) != 1:
                raise ModelFileError(f"{path}: expected a network with one output, got {list(outputs)}.", path=path)
    except ModelFileError:
        raise
    except OSError as error:
        raise ModelFileError(f"{path}: expected an ONNX file, got: {error.strerror}.", path=path) from error
    except (cv2.error, ValueError) as error:
        raise ModelFileError(
            f"{path}: expected an ONNX file that OpenCV {cv2.__version__} can read, weights inside, "
            f"got: {_first_line(error)}",
            path=path,
        ) from error
    _check_hash(path, loaded.sha256, sha256)
    return loaded


def _only_input(path: str, content: bytes) -> tuple[int | None, ...]:
    shapes = input_shapes(content)
    if len(shapes) != 1:
        raise ModelFileError(f"{path}: expected a network with one input, an image, got {len(shapes)}.", path=path)
    return shapes[0]


def _check_hash(path: str, found: str, expected: str | None) -> None:
    if expected is not None and found != expected.lower():
        raise ModelFileError(
            f"{path}: expected the file of SHA-256 {expected}, got one of {found}. Put the file back that the model "
            "was fitted with, or fit it again.",
            path=path,
        )


def _first_line(error: Exception) -> str:
    return str(getattr(error, "err", None) or error).strip().splitlines()[0].rstrip(".") + "."
