"""Images to check with, and what is no image at all."""

from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter

from ..image.alpha import foreground_mask, join_alpha
from ..image.checks import Image, full_light
from ..image.conversions import to_gray


def check_pictures(n_images: int = 8, height: int = 48, width: int = 56, *, seed: int = 0) -> np.ndarray:
    """Make textured colour images of a bright blob: upright in every first, lying in every second.

    Parameters
    ----------
    n_images : int, default=8
        Number of images.
    height : int, default=48
        In pixels.
    width : int, default=56
        In pixels.
    seed : int, default=0
        Decides the texture.

    Returns
    -------
    images : uint8 ndarray (n_images, height, width, 3)
        The same for the same seed.

    See Also
    --------
    check_image_estimator : Uses them.

    Examples
    --------
    >>> from featkit.testing import check_pictures
    >>> check_pictures(2, height=64, width=64).shape
    (2, 64, 64, 3)
    """
    rng = np.random.default_rng(seed)
    row, col = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    images = []
    for index in range(n_images):
        noise = rng.normal(size=(height, width, 3))
        texture = sum(size * gaussian_filter(noise, (size, size, 0.5)) for size in (0.8, 2, 5))
        tall, broad = (0.7, 0.35) if index % 2 == 0 else (0.35, 0.7)
        shift = rng.uniform(-0.15, 0.15, 2)
        blob = np.exp(-((((row - shift[0]) / tall) ** 2 + ((col - shift[1]) / broad) ** 2) ** 2))
        color = rng.uniform(0.3, 0.6, 3)
        image = 0.25 + 0.08 * texture + blob[..., np.newaxis] * color
        images.append(np.rint(255 * image.clip(0.02, 0.98)).astype(np.uint8))
    return np.stack(images)


def with_alpha(images: np.ndarray) -> np.ndarray:
    """Soft ellipse of foreground, its size differing from image to image; alpha is 0 outside."""
    row, col = np.ogrid[-1 : 1 : images.shape[1] * 1j, -1 : 1 : images.shape[2] * 1j]
    pictures = []
    for index, image in enumerate(images):
        radius = 0.65 + 0.3 * index / len(images)
        alpha = np.clip(4 * (radius - np.hypot(row, 0.8 * col)), 0, 1)
        pictures.append(join_alpha(image, np.rint(255 * alpha).astype(np.uint8)))
    return np.stack(pictures)


def cut_out(images: np.ndarray) -> np.ndarray:
    """With an alpha of 0 or 255 only: blending a soft edge rounds to the levels of the dtype."""
    pictures = with_alpha(images)
    pictures[..., 3] = np.where(pictures[..., 3] < 128, 0, 255)
    return pictures


def with_whole_luma(images: np.ndarray) -> np.ndarray:
    """With colours changed a little so that 0.299 R + 0.587 G + 0.114 B is a whole number."""
    if images.ndim == 3:
        return images
    gray = as_gray(images)[..., np.newaxis].astype(int)
    colorful = np.array([[15, -9, 7], [11, 1, -34]])  # directions in which the luma stays what it is
    amounts = np.rint((images - gray) @ np.linalg.pinv(colorful)).astype(int)
    exact = gray + amounts @ colorful
    inside = ((exact >= 0) & (exact <= 255)).all(axis=-1, keepdims=True)
    return np.where(inside, exact, gray).astype(np.uint8)


def as_masks(images: np.ndarray) -> np.ndarray:
    return np.stack([foreground_mask(image) for image in with_alpha(images)])


def as_gray(images: np.ndarray) -> np.ndarray:
    return np.stack([to_gray(image) for image in images])


def of_unequal_sizes(images: np.ndarray) -> list[Image]:
    return [image[index % 3 :, : image.shape[1] - index % 4].copy() for index, image in enumerate(images)]


def hard_images(image: Image) -> dict[str, Image]:
    """Images with next to nothing in them."""
    clear = np.zeros((*image.shape[:2], 4), np.uint8)
    dot = clear.copy()
    dot[image.shape[0] // 2, image.shape[1] // 2] = 255
    return {
        "1 x 1": image[:1, :1],
        "1 x 1, gray": to_gray(image)[:1, :1],
        "one row": image[:1],
        "one column": image[:, :1],
        "2 x 2": image[:2, :2],
        "black": np.zeros_like(image),
        "white": np.full_like(image, full_light(image.dtype)),
        "flat float": np.full(image.shape, 0.3, np.float32),
        "empty foreground": clear,
        "one pixel of foreground": dot,
        "1 x 1, empty foreground": clear[:1, :1],
        "empty mask": np.zeros(image.shape[:2], bool),
        "full mask": np.ones(image.shape[:2], bool),
    }


def bad_batches(images: np.ndarray) -> dict[str, Any]:
    """Things that are no batch of images."""
    floats = images / 255
    broken = floats.copy()
    broken[-1, 0, 0] = np.nan
    infinite = floats.copy()
    infinite[-1, 0, 0] = np.inf
    return {
        "one image": np.repeat(as_gray(images)[0][..., np.newaxis], 3, axis=2),
        "one gray image": as_gray(images)[0],
        "one mask": as_masks(images)[0],
        "path": "no such picture.png",
        "list of paths": ["no such picture.png"] * len(images),
        "list of bytes": [b"no picture"] * len(images),
        "generator": (image for image in images),
        "floats with NaN": broken,
        "floats with infinity": infinite,
        "floats 0..255": 255 * floats,
        "floats below 0": floats - 0.5,
        "int64": images.astype(np.int64),
        "complex": floats.astype(complex),
        "five channels": np.zeros((*images.shape[:3], 5), np.uint8),
        "images without pixels": images[:, :0],
        "nested lists": images[:2, :2, :2].tolist(),
        "empty list": [],
        "empty stack": images[:0],
        "None": None,
    }
