"""Decoding by OpenCV, in RGB order."""

import cv2
import numpy as np

from ...exceptions import ImageReadError


def opencv_pixels(data: bytes | bytearray, flags: int = cv2.IMREAD_UNCHANGED) -> np.ndarray:
    """Pixels in RGB order.

    OpenCV turns a JPEG upright by itself; of what is read with ``IMREAD_UNCHANGED`` only a TIFF.
    """
    pixels = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    if pixels is None:
        raise ImageReadError("expected a whole image file, its content cannot be decoded. Copy it again.")
    if pixels.ndim == 2:
        return pixels
    order = cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
    return cv2.cvtColor(pixels, order, dst=pixels)
