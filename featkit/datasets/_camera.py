"""A camera above a sheet: where points of the sheet fall in the image, the light on it, and what JPEG leaves."""

from typing import NamedTuple

import cv2
import numpy as np

from ._drawing import cover


class Camera(NamedTuple):
    """A pinhole camera that looks at a sheet.

    Attributes
    ----------
    homography : float64 ndarray (3, 3)
        From (x, y) on the sheet in mm to (x, y) in the image in pixels, pixel centres being whole numbers.
    tilt : float
        Angle between the sheet's normal and the optical axis in degrees.
    """

    homography: np.ndarray
    tilt: float

    def project(self, points: np.ndarray) -> np.ndarray:
        """(row, col) points of the sheet in mm as (row, col) in the image."""
        return transformed(points, self.homography)


def transformed(points: np.ndarray, homography: np.ndarray) -> np.ndarray:
    """(row, col) points through a homography of (x, y) points."""
    mapped = np.column_stack([points[:, ::-1], np.ones(len(points))]) @ homography.T
    return (mapped[:, :2] / mapped[:, 2:])[:, ::-1]


def random_camera(
    sheet: tuple[float, float], shape: tuple[int, int], max_tilt: float, rng: np.random.RandomState
) -> Camera:
    """A camera whose image holds the whole sheet, with a small border around.

    Parameters
    ----------
    sheet : (height, width) in mm; its centre is the origin
    shape : (height, width) in pixels
    max_tilt : float
        Degrees.
    rng : RandomState
    """
    height, width = shape
    tilt = np.deg2rad(rng.uniform(0, max_tilt))
    direction, roll = rng.uniform(0, 2 * np.pi), np.deg2rad(rng.uniform(-12, 12))
    focal = rng.uniform(0.7, 1.0) * max(shape)  # phones: 26 to 35 mm on film
    axis = np.array([np.cos(direction), np.sin(direction), 0]) * tilt
    turn = cv2.Rodrigues(axis)[0] @ cv2.Rodrigues(np.array([0, 0, roll]))[0]
    matrix = np.array([[focal, 0, (width - 1) / 2], [0, focal, (height - 1) / 2], [0, 0, 1]])
    corners = np.array([[-1, -1], [-1, 1], [1, 1], [1, -1]]) * np.array(sheet) / 2
    near, far = 0.1 * max(sheet), 100 * max(sheet)
    for _ in range(50):
        distance = np.sqrt(near * far)
        homography = matrix @ np.column_stack([turn[:, :2], [0, 0, distance]])
        seen = transformed(corners, homography)
        extent = np.ptp(seen, axis=0) / (np.array(shape) * 0.94)
        near, far = (distance, far) if extent.max() > 1 else (near, distance)
    shift = np.array([(width - 1) / 2, (height - 1) / 2]) - ((seen.max(axis=0) + seen.min(axis=0)) / 2)[::-1]
    aside = np.column_stack([turn[:, :2], [*(shift / focal * far), far]])  # the camera moves, the tilt stays
    return Camera(matrix @ aside, float(np.rad2deg(tilt)))


def cast_shadow(image: np.ndarray, outline: np.ndarray, softness: float) -> None:
    """Darken a float image (height, width, 3) where something casts a shadow of this outline."""
    reach = int(4 * softness + 2)
    low = np.clip(np.floor(outline.min(axis=0)).astype(int) - reach, 0, image.shape[:2])
    high = np.clip(np.ceil(outline.max(axis=0)).astype(int) + 1 + reach, low, image.shape[:2])
    shadow = np.zeros(tuple(high - low), np.float32)
    place, fractions = cover(outline - low, shadow.shape)
    shadow[place] = fractions
    if shadow.size:
        shadow = cv2.GaussianBlur(shadow, (0, 0), softness)
        image[low[0] : high[0], low[1] : high[1]] *= 1 - 0.25 * shadow[..., np.newaxis]


def uneven_light(shape: tuple[int, int], rng: np.random.RandomState) -> np.ndarray:
    """Light that falls off across the image, with the soft shadow of somebody over a part of it."""
    rows, cols = (np.linspace(-1, 1, extent, dtype=np.float32) for extent in shape)
    direction, slope = rng.uniform(0, 2 * np.pi), rng.uniform(0.05, 0.2)
    light = 1 + slope * (rows[:, np.newaxis] * np.sin(direction) + cols * np.cos(direction))
    direction, start, soft = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.8), rng.uniform(0.03, 0.15)
    along = rows[:, np.newaxis] * np.sin(direction) + cols * np.cos(direction)
    return light * (1 - rng.uniform(0.1, 0.4) / (1 + np.exp(-np.clip((along - start) / soft, -50, 50))))


def photographed(reflectance: np.ndarray, light: np.ndarray, quality: int, rng: np.random.RandomState) -> np.ndarray:
    """Light, tint, blur, noise and JPEG: the uint8 image of a sheet."""
    tint = rng.uniform([0.9, 0.88, 0.75], [1.0, 1.0, 1.0])
    exposure = rng.uniform(0.8, 1.02) / np.percentile(light, 90)
    image = reflectance * (light * exposure)[..., np.newaxis] * (tint / tint.max()).astype(np.float32)
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.6, 1.3)) * 255
    image += rng.normal(0, rng.uniform(1, 3), image.shape[:2]).astype(np.float32)[..., np.newaxis]
    image = np.clip(np.rint(image), 0, 255).astype(np.uint8)
    coded = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.cvtColor(np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)), cv2.COLOR_BGR2RGB)
