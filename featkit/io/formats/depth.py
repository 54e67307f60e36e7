"""Bit depth: white of any depth becomes white of the dtype."""

import numpy as np


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
