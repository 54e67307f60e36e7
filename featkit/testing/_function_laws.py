"""Laws of functions of one image: what their estimators refuse, they refuse, and they leave their input alone."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..exceptions import ImageFormatError
from ._images import as_gray
from ._outcomes import assert_raises


def not_images(images: np.ndarray) -> dict[str, Any]:
    """Things that are no image, though many of them would give numbers."""
    color = images[0] if images.ndim == 4 else np.repeat(images[0][..., np.newaxis], 3, axis=2)
    gray = as_gray(images)[0]
    floats = gray / 255
    broken, infinite = floats.copy(), floats.copy()
    broken[0, 0], infinite[0, 0] = np.nan, np.inf
    return {
        "floats 0..255": 255 * floats,
        "floats below 0": floats - 0.5,
        "floats with NaN": broken,
        "floats with infinity": infinite,
        "float16": floats.astype(np.float16),
        "int64": gray.astype(np.int64),
        "int16 below 0": gray.astype(np.int16) - 100,
        "uint32": gray.astype(np.uint32),
        "complex": floats.astype(complex),
        "one channel": gray[..., np.newaxis],
        "two channels": color[..., :2],
        "five channels": np.concatenate([color, color], axis=2)[..., :5],
        "bool with channels": color > 100,
        "a batch": np.stack([color, color]),
        "a row": gray[0],
        "without pixels": gray[:0],
        "masked values": np.ma.masked_array(gray, gray > 100),
        "a nested list": gray.tolist(),
        "a path": "image.png",
        "bytes": b"image",
        "None": None,
    }


def check_refusals(function: Callable[..., Any], images: np.ndarray, **parameters: Any) -> None:
    """What is no image is refused with an ImageFormatError, and never becomes a number."""
    for name, image in not_images(images).items():
        assert_raises((ImageFormatError,), partial(function, image, **parameters), name)


def check_input_of_function_untouched(function: Callable[..., Any], images: np.ndarray, **parameters: Any) -> None:
    """The image is not written to; a read-only one works."""
    image = images[0].copy()
    image.setflags(write=False)
    function(image, **parameters)
    assert (image == images[0]).all()
