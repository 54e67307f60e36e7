"""A sheet seen from straight above: the image mapped to the plane of the sheet."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from ..exceptions import ImageFormatError
from ..image.checks import Image, check_image
from ..image.conversions import to_uint8
from ..parameters import POSITIVE, check_number
from ._fitting.lens import along_sides, distorted, undistorted
from ._fitting.planes import corners_of, transform
from .result import Scale

FINER = 2.0  # pixels of the rectified image for one of the input, along each axis
MOST_PIXELS = 16  # times those of the input, in the rectified image
LONGEST_SIDE = 32_000  # pixels, of what OpenCV warps
STRIP = 256  # rows that are mapped at a time where the lens bends straight lines
GRID = 8  # pixels between the nodes at which such a map is computed; straight between, it errs by 0.02 pixels at most


def rectify_sheet(image: Image, scale: Scale, *, pixel_size: float | None = None) -> tuple[Image, Scale]:
    """Map an image to the plane of the sheet, so that all of it has one pixel size.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
        In which the scale was found.
    scale : Scale
        From `find_scale`.
    pixel_size : float or None, default=None
        Of the returned image in the scale's unit; None takes half of that of the input, since fewer than two pixels
        for one cost accuracy, or less where that would be too many pixels.

    Returns
    -------
    image : ndarray (height, width[, 3 or 4])
        The sheet from straight above, turned as the input is; with a sheet found by its edges, exactly the sheet. The
        dtype is the input's (uint8 for a mask); beyond the input its border is repeated. Where ``scale.homography`` is
        None the image is not rectified: it is only resampled to `pixel_size`, or the input itself without one.
    scale : Scale
        That of the returned image: `pixel_size`, `outlines`, `mask` and `shape` are its own, and `tilt_error` is what
        is expected to be left.

    Raises
    ------
    ImageFormatError
        When the scale is not that of an image of this size.
    ValueError
        When `pixel_size` would give more than 16 times as many pixels.

    See Also
    --------
    find_scale : Finds the scale, and calls this with ``rectify=True``.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit.scale import find_sheet, rectify_sheet
    >>> image = np.full((300, 400, 3), 60, np.uint8)
    >>> image[45:255, 50:347] = 240
    >>> upright, scale = rectify_sheet(image, find_sheet(image, (210, 297)), pixel_size=1)
    >>> upright.shape, scale.pixel_size
    ((210, 297, 3), (1.0, 1.0))
    """
    image = check_image(image)
    if tuple(image.shape[:2]) != tuple(scale.shape):
        raise ImageFormatError(
            f"Expected an image of the scale's size {tuple(scale.shape)}, got {image.shape[:2]}. "
            "Find the scale in the image that shall be rectified."
        )
    if scale.homography is None and (pixel_size is None or not scale.is_known):
        return image, scale
    finer = scale.pixel_size[0] / FINER if pixel_size is None else check_number("pixel_size", pixel_size, POSITIVE)
    to_plane = np.diag([*scale.pixel_size, 1.0]) if scale.homography is None else scale.homography
    border = scale.outlines[0] if scale.kind == "sheet" else border_of(scale)
    extent = scale.to_sheet(border)
    low, high = extent.min(axis=0), extent.max(axis=0)
    height, width = (max(int(np.rint(side)), 1) for side in (high - low) / finer)
    largest = min(MOST_PIXELS * image.shape[0] * image.shape[1], LONGEST_SIDE**2)
    if height * width > largest or max(height, width) > LONGEST_SIDE:
        if pixel_size is not None:
            raise ValueError(
                f"Expected a pixel_size that gives at most {largest} pixels and {LONGEST_SIDE} along a side, got "
                f"{pixel_size}, which gives {height} x {width}: take a larger one."
            )
        finer *= max(float(np.sqrt(height * width / largest)), max(height, width) / LONGEST_SIDE) * 1.001
        height, width = (max(int(side / finer), 1) for side in high - low)
    steps = (high - low) / (height, width) if scale.kind == "sheet" else np.array([finer, finer])
    to_canvas = np.array(  # the plane's low edge goes to -0.5
        [[1 / steps[0], 0, -low[0] / steps[0] - 0.5], [0, 1 / steps[1], -low[1] / steps[1] - 0.5], [0, 0, 1]]
    )
    homography = to_canvas @ to_plane
    pixels = to_uint8(image) if image.dtype == bool else image
    is_upright = scale.homography is not None
    return _mapped(pixels, homography, scale.distortion, (height, width)), replace(
        scale,
        pixel_size=(float(steps[0]), float(steps[1])),
        shape=(height, width),
        outlines=tuple(_through(outline, scale, homography) for outline in scale.outlines),
        tilt=0.0 if is_upright else scale.tilt,
        tilt_error=scale.rectified_error if is_upright else scale.tilt_error,
        homography=None,
        distortion=0.0,
        rectified=is_upright,
        limits=None if scale.kind == "sheet" else _through(border, scale, homography),
    )


def border_of(scale: Scale) -> np.ndarray:
    """Points (n, 2) around the image of a scale."""
    return along_sides(corners_of(scale.shape), scale.distortion)


def _through(points: np.ndarray, scale: Scale, homography: np.ndarray) -> np.ndarray:
    return transform(undistorted(points, scale.distortion, scale.shape), homography)


def _mapped(image: Image, homography: np.ndarray, distortion: float, shape: tuple[int, int]) -> Image:
    """The image through its lens's distortion and a homography (row, col) -> (row, col)."""
    height, width = shape
    named: dict[str, Any] = {"borderMode": cv2.BORDER_REPLICATE}
    if distortion == 0:
        swap = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]])  # OpenCV's points are (x, y)
        return cv2.warpPerspective(image, swap @ homography @ swap, (width, height), flags=cv2.INTER_LINEAR, **named)
    rows, cols = (GRID * np.arange(side // GRID + 2, dtype=np.float64) for side in shape)
    nodes = np.stack(np.meshgrid(rows, cols, indexing="ij"), axis=-1).reshape(-1, 2)
    places = distorted(transform(nodes, np.linalg.inv(homography)), distortion, image.shape[:2])
    coarse = np.nan_to_num(places[:, ::-1], nan=-1).astype(np.float32).reshape(len(rows), len(cols), 2)
    mapped = np.empty((height, width, *image.shape[2:]), image.dtype)
    for top in range(0, height, STRIP):  # where each pixel comes from, between the nodes: that is 8 bytes a pixel
        strip = mapped[top : top + STRIP]
        finer = np.array([[GRID, 0, 0], [0, GRID, -top]], np.float64)
        cols_in, rows_in = cv2.split(cv2.warpAffine(coarse, finer, strip.shape[1::-1], flags=cv2.INTER_LINEAR))
        strip[:] = cv2.remap(image, cols_in, rows_in, cv2.INTER_LINEAR, **named).reshape(strip.shape)
    return mapped
