"""Foreground by a segmentation network from an ONNX file, computed by OpenCV."""

from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike

from ...base._foreground_predictor import ForegroundPredictor
from ...exceptions import ModelFileError, shown
from ...image.alpha import flatten_alpha
from ...image.checks import Image
from ...image.conversions import to_float
from ...parameters import POSITIVE, Interval, InvalidParameterError, StrOptions
from ._onnx_network import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    LoadedNetwork,
    channels_are_last,
    image_runner,
    load_network,
)


class ONNXSegmenter(ForegroundPredictor):
    """Segmentation by a pretrained network (salient object, semantic) from an ONNX file of your own, as alpha channel.

    The file is run by OpenCV's module dnn, one image at a time. featkit ships no weights: whether the network may be
    used for your purpose is for its licence to say.

    Parameters
    ----------
    path : str
        The ONNX file, with its weights inside. It has one input, an image (channels first or last: the file says
        which), and gives a map of one channel (how much is foreground) or of one channel for each class.
    height, width : int or None, default=None
        Size of the images that the network is given; each image is resized to it, and its map back. None is the size
        that the file asks for, or the size of the image where it asks for none.
    mean : float or sequence of 3 floats, default=(0.485, 0.456, 0.406)
        Subtracted from the channels, whose values lie in [0, 1]; the default is that of most networks trained on
        ImageNet. Red, green and blue, whatever `channels` says.
    std : float > 0 or sequence of 3 floats, default=(0.229, 0.224, 0.225)
        What the channels are divided by, after `mean`. A network that takes values of 0 to 255 wants ``mean=0`` and
        ``std=1 / 255``.
    channels : {"rgb", "bgr", "gray"}, default="rgb"
        Channels of the input, in order; for "gray", `mean` and `std` are numbers.
    output : str or None, default=None
        Name of the output to take, where the network has several; None where it has one.
    threshold : float, default=0.5
        Where a map of one channel is foreground: from this value on. 0.5 for probabilities, 0 for log-odds.
    foreground : sequence of int or None, default=None
        Classes (channels of the map, from 0) that are foreground, where there are several: the class of the largest
        value counts. None is all but 0.
    sha256 : str or None, default=None
        SHA-256 of the file in hexadecimal digits; any other file is refused. None takes what is there in `fit`.

    Attributes
    ----------
    sha256_ : str
        SHA-256 of the file seen in fit. `transform` refuses another one.
    n_classes_ : int
        Channels of the map.

    Raises
    ------
    ModelFileError
        When there is no such file, OpenCV cannot read it, it is not the file of `sha256`, its input is no image of
        these channels, or what it gives is no map.
    ImageFormatError
        When the network refuses the size of an image.

    See Also
    --------
    ForegroundClassifier : Learnt from a few masks, without a network.
    BackgroundRemover : Takes it as ``mask``, to choose components and soften edges.
    ONNXEmbedding : Features of a network.

    Notes
    -----
    Learned only in that the file is looked at in fit. Images may differ in size. Transparent pixels count as black and
    stay background. A saved model holds the path and the hash, not the weights: it needs the file where it was. OpenCV
    reads the file with code that is not made for files of bad intent: take only those whose source you know. On photos
    of everyday things such a network finds the object more often than anything that is computed without one.

    References
    ----------
    X. Qin et al., "U2-Net: going deeper with nested U-structure for salient object detection", Pattern Recognition
    106, 2020, doi:10.1016/j.patcog.2020.107404, is a network of this kind.

    Examples
    --------
    Cut out by a network, then measured::

        make_pipeline(ImageReader(), ONNXSegmenter(path="network.onnx", height=320, width=320), RegionMeasurements())

    >>> from featkit import ONNXSegmenter
    >>> ONNXSegmenter(path="network.onnx").threshold
    0.5
    """

    parameter_constraints = {
        "path": [str],
        "height": [Interval(Integral, 1, None, closed="left"), None],
        "width": [Interval(Integral, 1, None, closed="left"), None],
        "mean": [Real, "array-like"],
        "std": [POSITIVE, "array-like"],
        "channels": [StrOptions({"rgb", "bgr", "gray"})],
        "output": [str, None],
        "threshold": [Interval(Real, None, None, closed="neither")],
        "foreground": ["array-like", None],
        "sha256": [str, None],
    }
    requires_fit = True

    def __init__(
        self,
        *,
        path: str,
        height: int | None = None,
        width: int | None = None,
        mean: float | Sequence[float] = IMAGENET_MEAN,
        std: float | Sequence[float] = IMAGENET_STD,
        channels: str = "rgb",
        output: str | None = None,
        threshold: float = 0.5,
        foreground: Sequence[int] | None = None,
        sha256: str | None = None,
    ) -> None:
        self.path = path
        self.height = height
        self.width = width
        self.mean = mean
        self.std = std
        self.channels = channels
        self.output = output
        self.threshold = threshold
        self.foreground = foreground
        self.sha256 = sha256

    def learn(self, images: np.ndarray | list[Image], y: ArrayLike | None) -> None:
        loaded = load_network(self.path, self.sha256)
        self.sha256_ = loaded.sha256
        self.n_classes_ = self._mapper(loaded)(images[0]).shape[2]
        if self.foreground is not None and not set(np.ravel(self.foreground)) <= set(range(self.n_classes_)):
            raise InvalidParameterError(
                f"The 'foreground' parameter of ONNXSegmenter must be of the {self.n_classes_} channels that the "
                f"network gives, from 0, got {shown(self.foreground)}."
            )

    def _size_for(self, loaded: LoadedNetwork) -> tuple[int | None, int | None]:
        is_last = channels_are_last(self.path, loaded.input_shape, self.channels)
        asked = loaded.input_shape[1:3] if is_last else loaded.input_shape[2:]
        for name, own, of_file in zip(("height", "width"), (self.height, self.width), asked):
            if own is not None and of_file is not None and own != of_file:
                raise InvalidParameterError(
                    f"The {name!r} parameter of ONNXSegmenter must be {of_file}, which the network {self.path} asks "
                    f"for, or None, got {own}."
                )
        return self.height or asked[0], self.width or asked[1]

    def _mapper(self, loaded: LoadedNetwork) -> Callable[[Image], np.ndarray]:
        """The function image -> what the network gives at the size of the image, float32 (height, width, n_classes)."""
        if self.output not in (loaded.outputs if self.output or len(loaded.outputs) > 1 else (None,)):
            raise ModelFileError(
                f"{self.path}: expected output= to name one of the outputs of the network, {list(loaded.outputs)}, got "
                f"{shown(self.output)}.",
                path=self.path,
            )
        run = image_runner(self, loaded, "Give height= and width= that it takes.", self.output)
        is_last = channels_are_last(self.path, loaded.input_shape, self.channels)
        asked = self._size_for(loaded)

        def map_of(image: Image) -> np.ndarray:
            color: Any = to_float(flatten_alpha(image, 0.0)).astype(np.float32, copy=False)
            height, width = color.shape[:2]
            size = asked[1] or width, asked[0] or height
            if size != (width, height):
                is_smaller = size[0] <= width and size[1] <= height
                color = cv2.resize(color, size, interpolation=cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR)
            found = run(color)
            if found.ndim == 3:
                found = found[..., np.newaxis] if is_last else found[:, np.newaxis]
            if found.ndim != 4 or found.shape[0] != 1:
                raise ModelFileError(
                    f"{self.path}: expected a map (1, n_classes, height, width) for one image, got an output of shape "
                    f"{found.shape}. Name another output=.",
                    path=self.path,
                )
            planes = found[0] if is_last else found[0].transpose(1, 2, 0)
            if planes.shape[:2] == (height, width):
                return planes.copy()
            return np.dstack(
                [cv2.resize(np.ascontiguousarray(plane), (width, height)) for plane in np.moveaxis(planes, 2, 0)]
            )

        return map_of

    def _mask_of_all(self) -> Callable[[Image], np.ndarray]:
        map_of = self._mapper(load_network(self.path, self.sha256_))

        def mask(image: Image) -> np.ndarray:
            planes = map_of(image)
            if planes.shape[2] == 1:
                return planes[..., 0] >= self.threshold
            chosen = np.arange(1, planes.shape[2]) if self.foreground is None else np.ravel(self.foreground)
            return np.isin(planes.argmax(axis=2), chosen)

        return mask
