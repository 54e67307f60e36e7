"""Smaller copies of large images, made in a fraction of the time of one step."""

import cv2
import numpy as np


def reduced(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Reduce an image by averaging areas, halving it first as long as it can be halved.

    Means of 2 x 2 pixels take a tenth of the time of any other reduction. Beside the mean over the exact area of each
    new pixel, its border is moved by less than half a new pixel; without a halving the result is that of OpenCV.

    Parameters
    ----------
    image : uint8 or float32 ndarray (height, width[, channels])
    size : (width, height)
        At most that of the image.

    Returns
    -------
    smaller : ndarray (height, width[, channels])
        Of the same dtype; the image itself where it has this size.
    """
    width, height = size
    while True:
        rows, cols = image.shape[:2]
        if rows % 2 or cols % 2 or rows < 2 * height or cols < 2 * width:
            break
        image = cv2.resize(image, (cols // 2, rows // 2), interpolation=cv2.INTER_AREA)
    if image.shape[:2] == (height, width):
        return image
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
