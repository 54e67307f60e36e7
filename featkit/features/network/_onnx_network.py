"""A network in an ONNX file, run by OpenCV: loaded once a thread, pinned by its hash, given what it asks for."""

import hashlib
import os
import stat
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import cv2
import numpy as np

from ...exceptions import ImageFormatError, ModelFileError, shown
from ...image.checks import Image
from ...image.conversions import to_float, to_gray, to_rgb
from ...parameters import InvalidParameterError
from ._onnx_file import input_shapes

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

_of_thread = threading.local()  # OpenCV's networks keep the image that they work on: each thread has its own


class LoadedNetwork(NamedTuple):
    """A file as it was read: its path, time and size; hash; network; names of its outputs; shape of the input."""

    key: tuple[str, int, int]
    sha256: str
    network: Any
    outputs: tuple[str, ...]
    input_shape: tuple[int | None, ...]


def channels_are_last(path: str, input_shape: tuple[int | None, ...], channels: str) -> bool:
    """Whether the input has its channels last, as the file says, which has to agree with the channels asked for."""
    n_channels = 1 if channels == "gray" else 3
    told = tuple("?" if size is None else size for size in input_shape)
    if len(input_shape) != 4 or n_channels not in (input_shape[1], input_shape[3]):
        raise ModelFileError(
            f"{path}: expected an input of shape (1, {n_channels}, height, width) or "
            f"(1, height, width, {n_channels}) for channels={shown(channels)}, got {told}.",
            path=path,
        )
    return input_shape[1] != n_channels


def normalization(step: Any) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of a step, in the order of its channels."""
    found = []
    for name in ("mean", "std"):
        values = np.asarray(getattr(step, name), dtype=np.float32)
        shapes: tuple[tuple[int, ...], ...] = ((),) if step.channels == "gray" else ((), (3,))
        if values.shape not in shapes or not np.isfinite(values).all() or (name == "std" and (values <= 0).any()):
            expected = "a number" if step.channels == "gray" else "a number or three"
            above = " above 0" if name == "std" else ""
            raise InvalidParameterError(
                f"The {name!r} parameter of {type(step).__name__} must be {expected}{above} for channels="
                f"{shown(step.channels)}, got {shown(getattr(step, name))}."
            )
        found.append(values[::-1] if step.channels == "bgr" and values.ndim else values)
    return found[0], found[1]


def image_runner(
    step: Any, loaded: LoadedNetwork, way_on: str, output: str | None = None
) -> Callable[[Image], np.ndarray]:
    """The function opaque image -> what the network gives, for a step with path, mean, std and channels."""
    mean, std = normalization(step)
    is_last = channels_are_last(step.path, loaded.input_shape, step.channels)

    def run(image: Image) -> np.ndarray:
        planes = (_channels(to_float(image), step.channels) - mean) / std
        if not is_last:
            planes = planes.transpose(2, 0, 1)
        try:
            loaded.network.setInput(np.ascontiguousarray(planes[np.newaxis], dtype=np.float32))
            return loaded.network.forward() if output is None else loaded.network.forward(output)
        except cv2.error as error:
            size = " x ".join(str(side) for side in image.shape[:2])
            raise ImageFormatError(
                f"Expected images that the network {step.path} takes, got {size} pixels, which OpenCV refuses: "
                f"{_first_line(error)} {way_on}"
            ) from error

    return run


def _channels(picture: np.ndarray, channels: str) -> np.ndarray:
    """Float image (height, width, n_channels) in the order that the network asks for."""
    if channels == "gray":
        return to_gray(picture)[..., np.newaxis]
    color = to_rgb(picture)
    return color[..., ::-1] if channels == "bgr" else color


def load_network(path: str, sha256: str | None) -> LoadedNetwork:
    """Network of a file, of this thread alone, whose hash has to be `sha256` where that is given."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):
            raise ModelFileError(f"{path}: expected an ONNX file, got what is no regular file.", path=path)
        key = (path, status.st_mtime_ns, status.st_size)
        loaded: LoadedNetwork | None = getattr(_of_thread, "loaded", None)
        if loaded is None or loaded.key != key:
            with open(path, "rb") as file:
                content = file.read()
            found = hashlib.sha256(content).hexdigest()
            _check_hash(path, found, sha256)  # before OpenCV reads it
            network = cv2.dnn.readNetFromONNX(np.frombuffer(content, dtype=np.uint8))
            outputs = tuple(network.getUnconnectedOutLayersNames())
            loaded = _of_thread.loaded = LoadedNetwork(key, found, network, outputs, _only_input(path, content))
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
