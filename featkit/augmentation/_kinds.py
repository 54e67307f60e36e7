"""The corruptions that `corrupt` makes: functions ``(image, amount, rng) -> image``, their units and amounts.

The images are float32 in [0, 1], gray or RGB; what leaves the range is cut off afterwards.
"""

from collections.abc import Callable
from functools import cache
from numbers import Real
from typing import NamedTuple

import cv2
import numpy as np
from skimage import data as photos

from ..image.checks import Image
from ..image.conversions import to_float
from ..image.interpolation import interpolate, interpolate_at
from ..parameters import FRACTION, FROM_0, POSITIVE, Interval

TEXTURES = ("brick", "grass", "gravel")


def _brightness(image: Image, amount: float, rng: np.random.Generator) -> Image:
    return image * 2.0**amount


def _contrast(image: Image, amount: float, rng: np.random.Generator) -> Image:
    mean = image.mean()
    return mean + amount * (image - mean)


def _gamma(image: Image, amount: float, rng: np.random.Generator) -> Image:
    return image ** (amount if rng.random() < 0.5 else 1 / amount)


def _color_cast(image: Image, amount: float, rng: np.random.Generator) -> Image:
    if image.ndim == 2:
        return image
    stops = rng.permutation([-0.5, 0, 0.5]) * amount
    return image * (2.0**stops).astype(np.float32)


def _across(image: Image, rng: np.random.Generator) -> np.ndarray:
    """Position of every pixel along a random direction, from -1/2 to 1/2 between opposite corners of the image."""
    angle = rng.uniform(0, 2 * np.pi)
    rows, cols = (np.linspace(-0.5, 0.5, extent) if extent > 1 else np.zeros(1) for extent in image.shape[:2])
    position = rows[:, np.newaxis] * np.sin(angle) + cols * np.cos(angle)
    return position / max(np.ptp(position), 1e-9)


def _lit(image: Image, stops: np.ndarray) -> Image:
    light = (2.0**stops).astype(np.float32)
    return image * (light if image.ndim == 2 else light[..., np.newaxis])


def _light_gradient(image: Image, amount: float, rng: np.random.Generator) -> Image:
    return _lit(image, -amount * (_across(image, rng) + 0.5))


def _shadow(image: Image, amount: float, rng: np.random.Generator) -> Image:
    position = _across(image, rng)
    depth = 1 / (1 + np.exp(-40 * (position - rng.uniform(-0.15, 0.15))))
    return _lit(image, -amount * depth)


def _warped(image: Image, matrix: np.ndarray) -> Image:
    """Apply a 2 x 2 matrix to (x, y) about the centre of the image; the border pixels repeat outwards."""
    back = np.linalg.inv(matrix)[::-1, ::-1]  # in (row, col) order, from the new image to the old
    center = (np.array(image.shape[:2]) - 1) / 2
    return interpolate(image, np.column_stack([back, center - back @ center]), *image.shape[:2])


def _shift(image: Image, amount: float, rng: np.random.Generator) -> Image:
    angle = rng.uniform(0, 2 * np.pi)
    distance = amount * min(image.shape[:2])
    back = np.array([[1, 0, -distance * np.sin(angle)], [0, 1, -distance * np.cos(angle)]])
    return interpolate(image, back, *image.shape[:2])


def _rotation(image: Image, amount: float, rng: np.random.Generator) -> Image:
    angle = np.deg2rad(amount) * rng.choice([-1, 1])
    return _warped(image, np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]))


def _scale(image: Image, amount: float, rng: np.random.Generator) -> Image:
    return _warped(image, np.eye(2) * (amount if rng.random() < 0.5 else 1 / amount))


def _shear(image: Image, amount: float, rng: np.random.Generator) -> Image:
    return _warped(image, np.array([[1, np.tan(np.deg2rad(amount)) * rng.choice([-1, 1])], [0, 1]]))


def _elastic(image: Image, amount: float, rng: np.random.Generator) -> Image:
    height, width = image.shape[:2]
    side = min(height, width)
    coarse = rng.normal(size=(2, 5, 5)).astype(np.float32)
    field = [cv2.resize(part, (width, height), interpolation=cv2.INTER_CUBIC) for part in coarse]
    typical = np.sqrt(np.mean(field[0] ** 2 + field[1] ** 2))
    rows, cols = np.indices((height, width), dtype=np.float32)
    move = np.float32(amount * side / typical)
    return interpolate_at(image, rows + move * field[1], cols + move * field[0])


def _blur(image: Image, amount: float, rng: np.random.Generator) -> Image:
    sigma = amount * min(image.shape[:2])
    return cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE) if sigma else image


def _noise(image: Image, amount: float, rng: np.random.Generator) -> Image:
    return image + rng.normal(0, amount, image.shape).astype(np.float32)


def _jpeg(image: Image, amount: float, rng: np.random.Generator) -> Image:
    levels = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)[..., :: 1 if image.ndim == 2 else -1]  # BGR
    data = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, int(amount)])[1]
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), np.float32)
    return decoded[..., :: 1 if image.ndim == 2 else -1] / 255


def _covered(image: Image, amount: float, rng: np.random.Generator, color: float) -> Image:
    height, width = image.shape[:2]
    rows, cols = (round(np.sqrt(amount) * extent) for extent in (height, width))
    if 0 in (rows, cols):  # too narrow for the proportions of the image
        area = round(amount * height * width)
        rows, cols = (area, min(area, 1)) if height >= width else (min(area, 1), area)
    top, left = rng.integers(height - rows + 1), rng.integers(width - cols + 1)
    covered = image.copy()
    covered[top : top + rows, left : left + cols] = color
    return covered


def _occlusion(image: Image, amount: float, rng: np.random.Generator) -> Image:
    return _covered(image, amount, rng, rng.choice([0.0, 0.5, 1.0]))


def _white_occlusion(image: Image, amount: float, rng: np.random.Generator) -> Image:
    return _covered(image, amount, rng, 1.0)


@cache
def _texture(name: str) -> Image:
    return to_float(getattr(photos, name)())


def _clutter(image: Image, amount: float, rng: np.random.Generator) -> Image:
    texture = _texture(TEXTURES[rng.integers(len(TEXTURES))])
    height, width = image.shape[:2]
    side = int(rng.integers(64, 257))
    row, col = (rng.integers(extent - side + 1) for extent in texture.shape)
    crop = cv2.resize(texture[row : row + side, col : col + side], (width, height), interpolation=cv2.INTER_AREA)
    background = amount * (crop if image.ndim == 2 else crop[..., np.newaxis])
    return image + (1 - image) * background


class Kind(NamedTuple):
    """One kind of corruption."""

    change: Callable[[Image, float, np.random.Generator], Image]
    amounts: tuple[float, ...]  # five, from mild to severe
    neutral: float  # the amount of no change, or of the least one
    unit: str
    family: str
    possible: Interval = Interval(Real, None, None, closed="neither")
    has_no_change: bool = True  # whether the neutral amount leaves the image as it is


_SIDE = "of the shorter side"
_WITHIN = Interval(Real, -1, 1, closed="neither")  # a whole side further nothing of the image is left
_SLANT = Interval(Real, -90, 90, closed="neither")
KINDS = {
    "brightness": Kind(_brightness, (-0.5, -1, -1.5, -2, -3), 0, "stops", "light"),
    "contrast": Kind(_contrast, (0.75, 0.5, 0.35, 0.25, 0.15), 1, "factor about the mean", "light", FROM_0),
    "gamma": Kind(_gamma, (1.25, 1.5, 2, 2.5, 3), 1, "exponent or its inverse", "light", POSITIVE),
    "color_cast": Kind(_color_cast, (0.25, 0.5, 1, 1.5, 2), 0, "stops between two channels", "light"),
    "light_gradient": Kind(_light_gradient, (0.5, 1, 1.5, 2, 3), 0, "stops from side to side", "light"),
    "shadow": Kind(_shadow, (0.5, 1, 1.5, 2, 3), 0, "stops", "light"),
    "shift": Kind(_shift, (0.04, 0.07, 0.11, 0.14, 0.2), 0, _SIDE, "position", _WITHIN),
    "rotation": Kind(_rotation, (5, 10, 15, 20, 30), 0, "degrees", "position"),
    "scale": Kind(_scale, (1.05, 1.1, 1.2, 1.3, 1.5), 1, "factor or its inverse", "position", POSITIVE),
    "shear": Kind(_shear, (5, 10, 15, 20, 30), 0, "degrees", "position", _SLANT),
    "elastic": Kind(_elastic, (0.01, 0.02, 0.03, 0.04, 0.06), 0, f"{_SIDE}, r.m.s.", "position"),
    "blur": Kind(_blur, (0.01, 0.02, 0.035, 0.05, 0.08), 0, f"{_SIDE}, sigma", "quality", FROM_0),
    "noise": Kind(_noise, (0.02, 0.05, 0.1, 0.2, 0.3), 0, "standard deviation, white = 1", "quality", FROM_0),
    "jpeg": Kind(_jpeg, (60, 40, 25, 15, 8), 95, "quality", "quality", Interval(Real, 1, 100, closed="both"), False),
    "occlusion": Kind(_occlusion, (0.02, 0.05, 0.1, 0.15, 0.25), 0, "of the area", "surroundings", FRACTION),
    "white_occlusion": Kind(
        _white_occlusion, (0.02, 0.05, 0.1, 0.15, 0.25), 0, "of the area", "surroundings", FRACTION
    ),
    "clutter": Kind(_clutter, (0.1, 0.2, 0.35, 0.5, 0.75), 0, "strength of the texture", "surroundings", FRACTION),
}
MOVING = ("shift", "rotation", "scale", "shear", "elastic")  # these move the alpha channel along
