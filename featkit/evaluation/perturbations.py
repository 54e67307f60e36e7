"""Changes of a picture as life makes them, in units one can picture: light, position, sharpness, surroundings.

Every kind is a function ``(image, amount, rng) -> image`` on float32 pictures in [0, 1], gray or RGB.
"""

import zlib
from functools import cache

import cv2
import numpy as np
from skimage import data as photos

from ..base import ImageTransformer, Integral, Interval, Real, StrOptions
from ..images import flatten_alpha, full_light, join_alpha, split_alpha, to_float, to_uint8

TEXTURES = ("brick", "grass", "gravel")


def _brightness(image, amount, rng):
    return image * 2.0**amount


def _contrast(image, amount, rng):
    mean = image.mean()
    return mean + amount * (image - mean)


def _gamma(image, amount, rng):
    return image ** (amount if rng.random() < 0.5 else 1 / amount)


def _color_cast(image, amount, rng):
    if image.ndim == 2:
        return image
    stops = rng.permutation([-0.5, 0, 0.5]) * amount
    return image * (2.0**stops).astype(np.float32)


def _across(image, rng):
    """Position of every pixel along a random direction, from -1/2 to 1/2 between opposite corners of the frame."""
    height, width = image.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    rows, cols = np.linspace(-0.5, 0.5, height)[:, np.newaxis], np.linspace(-0.5, 0.5, width)
    position = rows * np.sin(angle) + cols * np.cos(angle)
    return position / max(np.ptp(position), 1e-9)


def _lit(image, stops):
    light = (2.0**stops).astype(np.float32)
    return image * (light if image.ndim == 2 else light[..., np.newaxis])


def _light_gradient(image, amount, rng):
    return _lit(image, -amount * (_across(image, rng) + 0.5))


def _shadow(image, amount, rng):
    position = _across(image, rng)
    depth = 1 / (1 + np.exp(-40 * (position - rng.uniform(-0.15, 0.15))))
    return _lit(image, -amount * depth)


def _warped(image, matrix):
    """Apply a 2 x 2 matrix to (x, y) about the centre of the picture; the frame's pixels repeat outwards."""
    center = (np.array(image.shape[1::-1]) - 1) / 2
    return _moved(image, np.column_stack([matrix, center - matrix @ center]))


def _moved(image, matrix):
    return cv2.warpAffine(image, matrix, image.shape[1::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _shift(image, amount, rng):
    angle = rng.uniform(0, 2 * np.pi)
    distance = amount * min(image.shape[:2])
    return _moved(image, np.array([[1, 0, distance * np.cos(angle)], [0, 1, distance * np.sin(angle)]]))


def _rotation(image, amount, rng):
    angle = np.deg2rad(amount) * rng.choice([-1, 1])
    return _warped(image, np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]))


def _scale(image, amount, rng):
    return _warped(image, np.eye(2) * (amount if rng.random() < 0.5 else 1 / amount))


def _shear(image, amount, rng):
    return _warped(image, np.array([[1, np.tan(np.deg2rad(amount)) * rng.choice([-1, 1])], [0, 1]]))


def _elastic(image, amount, rng):
    height, width = image.shape[:2]
    side = min(height, width)
    coarse = rng.normal(size=(2, 5, 5)).astype(np.float32)
    field = [cv2.resize(plane, (width, height), interpolation=cv2.INTER_CUBIC) for plane in coarse]
    typical = np.sqrt(np.mean(field[0] ** 2 + field[1] ** 2))
    rows, cols = np.indices((height, width), dtype=np.float32)
    move = np.float32(amount * side / typical)
    return cv2.remap(
        image, cols + move * field[0], rows + move * field[1], cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
    )


def _blur(image, amount, rng):
    return cv2.GaussianBlur(image, (0, 0), amount * min(image.shape[:2]), borderType=cv2.BORDER_REPLICATE)


def _noise(image, amount, rng):
    return image + rng.normal(0, amount, image.shape).astype(np.float32)


def _jpeg(image, amount, rng):
    levels = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)[..., :: 1 if image.ndim == 2 else -1]  # BGR
    data = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, int(amount)])[1]
    decoded = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)[..., :: 1 if image.ndim == 2 else -1]
    return decoded.astype(np.float32) / 255


def _occlusion(image, amount, rng):
    height, width = image.shape[:2]
    rows, cols = (max(1, round(np.sqrt(amount) * extent)) for extent in (height, width))
    top, left = rng.integers(height - rows + 1), rng.integers(width - cols + 1)
    covered = image.copy()
    covered[top : top + rows, left : left + cols] = rng.choice([0.0, 0.5, 1.0])
    return covered


@cache
def _texture(name):
    return to_float(getattr(photos, name)())


def _clutter(image, amount, rng):
    texture = _texture(TEXTURES[rng.integers(len(TEXTURES))])
    height, width = image.shape[:2]
    side = int(rng.integers(64, 257))
    row, col = (rng.integers(extent - side + 1) for extent in texture.shape)
    crop = cv2.resize(texture[row : row + side, col : col + side], (width, height), interpolation=cv2.INTER_AREA)
    ground = amount * (crop if image.ndim == 2 else crop[..., np.newaxis])
    return image + (1 - image) * ground


# kind: (function, five amounts from mild to severe, the amount that changes nothing)
KINDS = {
    "brightness": (_brightness, (-0.5, -1, -1.5, -2, -3), 0),
    "contrast": (_contrast, (0.75, 0.5, 0.35, 0.25, 0.15), 1),
    "gamma": (_gamma, (1.25, 1.5, 2, 2.5, 3), 1),
    "color_cast": (_color_cast, (0.25, 0.5, 1, 1.5, 2), 0),
    "light_gradient": (_light_gradient, (0.5, 1, 1.5, 2, 3), 0),
    "shadow": (_shadow, (0.5, 1, 1.5, 2, 3), 0),
    "shift": (_shift, (0.04, 0.07, 0.11, 0.14, 0.2), 0),
    "rotation": (_rotation, (5, 10, 15, 20, 30), 0),
    "scale": (_scale, (1.05, 1.1, 1.2, 1.3, 1.5), 1),
    "shear": (_shear, (5, 10, 15, 20, 30), 0),
    "elastic": (_elastic, (0.01, 0.02, 0.03, 0.04, 0.06), 0),
    "blur": (_blur, (0.01, 0.02, 0.035, 0.05, 0.08), 0),
    "noise": (_noise, (0.02, 0.05, 0.1, 0.2, 0.3), 0),
    "jpeg": (_jpeg, (60, 40, 25, 15, 8), 95),
    "occlusion": (_occlusion, (0.02, 0.05, 0.1, 0.15, 0.25), 0),
    "clutter": (_clutter, (0.1, 0.2, 0.35, 0.5, 0.75), 0),
}
MOVING = ("shift", "rotation", "scale", "shear", "elastic")  # these move the alpha plane along


def _seed(image, random_state):
    """Seed that the visible picture decides, whatever its dtype and the colours under alpha 0."""
    return [random_state, zlib.crc32(np.ascontiguousarray(to_uint8(flatten_alpha(image))))]


def perturb(image, kind, amount, random_state=0):
    """Change a picture by a stated amount.

    Parameters
    ----------
    image : ndarray (height, width[, 3 or 4])
    kind : str
        See `Perturber`.
    amount : float
        In the unit of the kind.
    random_state : int, default=0
        With the pixels of the image it decides what is left to chance: direction, sign, place.

    Returns
    -------
    image : ndarray
        Of the same shape and dtype (bool becomes uint8); an alpha plane moves with the picture and is else unchanged.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import perturb
    >>> perturb(np.full((2, 2), 200, dtype=np.uint8), "brightness", -1)
    array([[100, 100],
           [100, 100]], dtype=uint8)
    """
    alpha = split_alpha(image)[1]
    color = image if image.dtype == bool else flatten_alpha(image, "mean")  # what is transparent must not bleed in
    white = 255 if color.dtype == bool else full_light(color.dtype)
    dtype = np.uint8 if color.dtype == bool else color.dtype
    seed = _seed(image, random_state)
    change = KINDS[kind][0]

    def changed(plane):
        result = np.clip(change(to_float(plane), amount, np.random.default_rng(seed)), 0, 1) * white
        return np.rint(result).astype(dtype) if np.dtype(dtype).kind == "u" else result.astype(dtype)

    if alpha is None or color.dtype == bool:
        return changed(color)
    return join_alpha(changed(color), changed(alpha) if kind in MOVING else alpha)


class Perturber(ImageTransformer):
    """Change every picture by an amount that is stated in a unit: to test on, or to train on with `TrainOnCopies`.

    Parameters
    ----------
    kind : str, default="shift"
        One of the table below.
    amount : float or None, default=None
        In the unit of the kind; None takes that of `severity`.
    severity : int from 1 to 5, default=3
        Which of the five amounts of the table.
    spread : bool, default=False
        False: exactly that amount. True: anything from no change up to it, drawn evenly; for training.
    random_state : int, default=0
        With the pixels of each image it decides what is left to chance, so that every pipeline sees the same picture.

    Notes
    -----
    Stateless; images may differ in size. Values that leave the range are cut off; what comes in over the frame's edge
    repeats the frame's pixels. Stops are powers of two of the stored values. Masks (bool) become gray pictures.

    =============== ================================== ==================================
    kind            unit                               amounts of severity 1 to 5
    =============== ================================== ==================================
    brightness      stops                              -0.5, -1, -1.5, -2, -3
    contrast        factor about the mean              0.75, 0.5, 0.35, 0.25, 0.15
    gamma           exponent or its inverse            1.25, 1.5, 2, 2.5, 3
    color_cast      stops between two channels         0.25, 0.5, 1, 1.5, 2
    light_gradient  stops from side to side            0.5, 1, 1.5, 2, 3
    shadow          stops, on one side of a soft edge  0.5, 1, 1.5, 2, 3
    shift           share of the shorter side          0.04, 0.07, 0.11, 0.14, 0.2
    rotation        degrees, either way                5, 10, 15, 20, 30
    scale           factor or its inverse              1.05, 1.1, 1.2, 1.3, 1.5
    shear           degrees, either way                5, 10, 15, 20, 30
    elastic         r.m.s. move, share of shorter side 0.01, 0.02, 0.03, 0.04, 0.06
    blur            sigma, share of the shorter side   0.01, 0.02, 0.035, 0.05, 0.08
    noise           standard deviation, white = 1      0.02, 0.05, 0.1, 0.2, 0.3
    jpeg            quality                            60, 40, 25, 15, 8
    occlusion       share of the area, flat rectangle  0.02, 0.05, 0.1, 0.15, 0.25
    clutter         strength of a real texture behind  0.1, 0.2, 0.35, 0.5, 0.75
                    what is bright
    =============== ================================== ==================================

    References
    ----------
    The kinds follow N. Mu, J. Gilmer, "MNIST-C: a robustness benchmark for computer vision", 2019, arXiv:1906.02337.

    Examples
    --------
    >>> import numpy as np
    >>> from featkit import Perturber
    >>> Perturber(kind="brightness", amount=-1).fit_transform(np.ones((1, 2, 2)))
    array([[[0.5, 0.5],
            [0.5, 0.5]]])
    """

    _parameter_constraints = {
        "kind": [StrOptions(set(KINDS))],
        "amount": [Real, None],
        "severity": [Interval(Integral, 1, 5, closed="both")],
        "spread": ["boolean"],
        "random_state": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(self, *, kind="shift", amount=None, severity=3, spread=False, random_state=0):
        self.kind = kind
        self.amount = amount
        self.severity = severity
        self.spread = spread
        self.random_state = random_state

    def _image_transformer(self):
        kind, random_state = self.kind, self.random_state
        _, amounts, neutral = KINDS[kind]
        amount = amounts[self.severity - 1] if self.amount is None else self.amount
        if not self.spread:
            return lambda image: perturb(image, kind, amount, random_state)

        def changed(image):
            share = np.random.default_rng([*_seed(image, random_state), 1]).random()
            return perturb(image, kind, neutral + share * (amount - neutral), random_state)

        return changed
