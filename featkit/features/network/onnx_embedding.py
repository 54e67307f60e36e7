"""Embedding of a pretrained network from an ONNX file, computed by OpenCV."""

from collections.abc import Callable, Sequence
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from ...base.feature_extractor import FeatureExtractor
from ...exceptions import ImageFormatError, ModelFileError
from ...image.alpha import Background, flatten_alpha
from ...image.checks import Image
from ...parameters import BACKGROUND, POSITIVE, StrOptions
from .._names import padded_numbers
from ._onnx_network import IMAGENET_MEAN, IMAGENET_STD, channels_are_last, image_runner, load_network


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
        self.sha256_ = load_network(self.path, self.sha256).sha256
        self.n_columns_ = len(self.image_extractor()(images[0]))

    def image_extractor(self) -> Callable[[Image], np.ndarray]:
        loaded = load_network(self.path, self.sha256_)
        if len(loaded.outputs) != 1:
            raise ModelFileError(
                f"{self.path}: expected a network with one output, got {list(loaded.outputs)}.", path=self.path
            )
        run = image_runner(
            self,
            loaded,
            "Put the Resizer before it that the network asks for, such as Resizer(height=224, width=224).",
        )
        is_last = self._channels_are_last(loaded.input_shape)

        def embed(image: Image) -> np.ndarray:
            found = run(flatten_alpha(image, self.background))
            if found.ndim < 2 or found.shape[0] != 1:
                raise ModelFileError(
                    f"{self.path}: expected one row (1, ...) for one image, got an output of shape {found.shape}.",
                    path=self.path,
                )
            return found[0].mean(axis=(0, 1) if is_last else (1, 2)) if found.ndim == 4 else found.reshape(-1).copy()

        return embed

    def _channels_are_last(self, input_shape: tuple[int | None, ...]) -> bool:
        """Whether the file says so; what it says of channels and size has to be what comes."""
        is_last = channels_are_last(self.path, input_shape, self.channels)
        height, width = input_shape[1:3] if is_last else input_shape[2:]
        if any(side not in (None, here) for side, here in zip((height, width), self.image_shape_)):
            raise ImageFormatError(
                f"Expected images of {height} x {width} pixels, which the network {self.path} asks for, got "
                f"{self.image_shape_[0]} x {self.image_shape_[1]}. Put a Resizer(height={height}, width={width}) "
                "before it."
            )
        return is_last

    def feature_names(self) -> list[str]:
        return [f"onnx_{number}" for number in padded_numbers(self.n_columns_)]
