"""From stored samples to pixels: RGB order, white of any depth as white of the dtype, upright."""

from collections.abc import Callable

import cv2
import numpy as np
import PIL.Image

from ...exceptions import ImageReadError

EXIF_ORIENTATION = 0x0112
_RGB_ORDER = getattr(cv2, "IMREAD_COLOR_RGB", 0)  # instead of IMREAD_COLOR; from OpenCV 4.11 on
_TURNED_UPRIGHT: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    2: np.fliplr,
    3: lambda pixels: np.rot90(pixels, 2),
    4: np.flipud,
    5: lambda pixels: np.swapaxes(pixels, 0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(np.swapaxes(pixels, 0, 1), 2),
    8: np.rot90,
}


def orientation_of(read_exif: Callable[[], PIL.Image.Exif]) -> int:
    """EXIF orientation, 1 to 8; 1 where the metadata are damaged, since the pixels are still good."""
    try:
        return read_exif().get(EXIF_ORIENTATION, 1)
    except Exception:
        return 1


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Turn or mirror stored pixels as their orientation says; unknown orientations change nothing."""
    turn = _TURNED_UPRIGHT.get(orientation)
    return pixels if turn is None else np.ascontiguousarray(turn(pixels))


def opencv_pixels(data: bytes | bytearray, flags: int = cv2.IMREAD_UNCHANGED) -> np.ndarray:
    """Pixels in RGB order.

    OpenCV turns a JPEG upright by itself; of what is read with ``IMREAD_UNCHANGED`` only a TIFF.
    """
    is_in_rgb_order = bool(_RGB_ORDER) and flags != cv2.IMREAD_UNCHANGED and bool(flags & cv2.IMREAD_COLOR)
    if is_in_rgb_order:
        flags += int(_RGB_ORDER) - cv2.IMREAD_COLOR
    pixels = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), flags)
    if pixels is None:
        raise ImageReadError("expected a whole image file, its content cannot be decoded. Copy it again.")
    if pixels.ndim == 2 or is_in_rgb_order:
        return pixels
    order = cv2.COLOR_BGR2RGB if pixels.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
    return cv2.cvtColor(pixels, order, dst=pixels)


def full_range(values: np.ndarray, n_bits: int) -> np.ndarray:
    """Stretch integer samples of `n_bits` bits over the range of uint8 or uint16.

    Parameters
    ----------
    values : unsigned integer or bool ndarray
        Samples in ``0..2**n_bits - 1``.
    n_bits : int
        Bits of a sample, 1 to 16.

    Returns
    -------
    values : uint8 or uint16 ndarray
        uint8 up to 8 bits, else uint16; rounded to nearest, so that ``2**n_bits - 1`` becomes 255 or 65535.
    """
    dtype, white = (np.uint8, 255) if n_bits <= 8 else (np.uint16, 65535)
    largest = 2**n_bits - 1
    if largest == white:
        return values.astype(dtype, copy=False)
    return ((values.astype(np.uint32) * white + largest // 2) // largest).astype(dtype)
