"""EXIF orientation: how a stored image is turned upright."""

from collections.abc import Callable

import numpy as np
import PIL.Image

EXIF_ORIENTATION = 0x0112
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
