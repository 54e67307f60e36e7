"""Colour cards drawn with known truth: under coloured light, in shade, tilted, blurred, or among look-alikes."""

import math

import cv2
import numpy as np
from sklearn.utils import Bunch, check_random_state

from ..exceptions import shown
from ..image.colorspaces import linear_to_srgb
from ..preprocessing.color._card_references import N_COLS, N_ROWS, reference_colors

CARDS = ("card", "mirrored", "shuffled", "random", "keyboard", "none")
TINTS = {  # linear light that a camera records of linear sRGB, rows red, green, blue
    "none": np.eye(3),
    "lamp": np.array([[1.0, 0.04, 0.0], [0.06, 0.72, 0.02], [0.0, 0.06, 0.40]]),
    "sky": np.array([[0.50, 0.03, 0.0], [0.05, 0.72, 0.05], [0.0, 0.06, 1.0]]),
    "tubes": np.array([[0.60, 0.08, 0.0], [0.05, 0.98, 0.03], [0.0, 0.10, 0.50]]),
}
FINE = 2  # drawn in twice the size, then averaged
EXPOSURE = 0.95
N_SWATCHES = 8
SWATCH_RADIUS = 0.6  # in distances between patches
PAPER = np.array([0.80, 0.79, 0.76])
FRAME = 0.02
VIEWING_DISTANCE = 1.5  # in widths of the image


def make_color_cards(
    n_images: int = 10,
    *,
    height: int = 360,
    width: int = 480,
    card: str = "card",
    tint: str = "none",
    gradient: float = 0.0,
    shade: float = 0.0,
    turn: float = 180.0,
    tilt: float = 0.0,
    blur: float = 0.6,
    noise: float = 0.005,
    random_state: int | np.random.RandomState | None = None,
) -> Bunch:
    """Draw sheets of paper with a 24-patch colour card and disks of known colours on them.

    Parameters
    ----------
    n_images : int, default=10
        How many to draw.
    height, width : int, default=360, 480
        Size of the images in pixels, at least 200.
    card : {"card", "mirrored", "shuffled", "random", "keyboard", "none"}, default="card"
        What lies on the paper: the card; its mirror image; the patches in another order; 4 x 6 other colours; 4 x 6
        gray keys; nothing but the disks.
    tint : {"none", "lamp", "sky", "tubes"}, default="none"
        Light and camera, a 3 x 3 matrix in linear light.
    gradient : float in [0, 0.5], default=0.0
        The light changes along a random direction from 1 - gradient to 1 + gradient at the border of the image.
    shade : float in [0, 0.9], default=0.0
        Fraction of the light that a shadow with a straight edge across the card takes away.
    turn : float in [0, 180], default=180.0
        Largest angle in degrees by which the card is turned, to either side.
    tilt : float in [0, 50], default=0.0
        Angle in degrees between the sheet and the image, in a random direction.
    blur : float >= 0, default=0.6
        Standard deviation in pixels.
    noise : float >= 0, default=0.005
        Standard deviation, where 1 is full light.
    random_state : int, RandomState or None, default=None
        Seed of positions, angles, sizes and colours.

    Returns
    -------
    cards : Bunch
        - ``images``: uint8 ndarray (n_images, height, width, 3);
        - ``positions``: float ndarray (n_images, 24, 2), (row, col) of the centres of the patches in reading order, NaN
          where there is no card;
        - ``swatch_positions``: float ndarray (n_images, 8, 2), (row, col) of the disks beside the card;
        - ``swatch_colors``: float ndarray (n_images, 8, 3), their true red, green and blue, sRGB in [0, 1].

    Raises
    ------
    ValueError
        When a parameter is not as described.

    See Also
    --------
    featkit.find_color_card : Finds the card again.

    Examples
    --------
    >>> from featkit.datasets import make_color_cards
    >>> cards = make_color_cards(2, tint="lamp", random_state=0)
    >>> cards.images.shape, cards.positions.shape
    ((2, 360, 480, 3), (2, 24, 2))
    """
    for name, value, options in (("card", card, CARDS), ("tint", tint, tuple(TINTS))):
        if value not in options:
            raise ValueError(f"Expected {name} among {options}, got {shown(value)}.")
    ranges = {"gradient": (gradient, 0.5), "shade": (shade, 0.9), "turn": (turn, 180), "tilt": (tilt, 50)}
    for name, (number, most) in {**ranges, "blur": (blur, math.inf), "noise": (noise, math.inf)}.items():
        if not 0 <= number <= most:
            raise ValueError(f"Expected {name} from 0 to {most}, got {number}.")
    if min(height, width) < 200:
        raise ValueError(f"Expected images of at least 200 x 200 pixels, got {height} x {width}.")
    rng = check_random_state(random_state)
    drawings = []
    for _ in range(n_images):
        sheet, positions, swatches, colors = _sheet(card, height, width, turn, tilt, rng)
        light = _light(height, width, gradient, shade, positions.mean(axis=0), rng)
        image = _photographed(sheet, light, TINTS[tint], blur, noise, rng)
        drawings.append((image, positions if card == "card" else np.full_like(positions, np.nan), swatches, colors))
    names = ("images", "positions", "swatch_positions", "swatch_colors")
    return Bunch(**{name: np.stack(values) for name, values in zip(names, zip(*drawings, strict=True), strict=True)})


def _patches(card: str, rng: np.random.RandomState) -> np.ndarray:
    references = reference_colors("2014")
    if card == "mirrored":
        return references.reshape(N_ROWS, N_COLS, 3)[:, ::-1].reshape(-1, 3)
    if card == "shuffled":
        return rng.permutation(references)
    if card == "random":
        return rng.uniform(0, 1, references.shape) ** 2.2
    if card == "keyboard":
        return np.full(references.shape, rng.uniform(0.1, 0.6))
    return references


def _sheet(card, height, width, turn, tilt, rng):
    """Linear sRGB (height, width, 3) of the sheet; (row, col) of the patches and the disks; sRGB of the disks."""
    size = np.array([width, height]) * FINE
    pitch = rng.uniform(0.06, 0.1) * size.min() * 1.2
    margin, gap = rng.uniform(0.15, 0.5), rng.uniform(0.08, 0.25)
    on_card = np.array([(col - 2.5, row - 1.5) for row in range(N_ROWS) for col in range(N_COLS)])
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    outer = square * [N_COLS / 2 + margin, N_ROWS / 2 + margin]
    plane = _view(pitch, math.radians(rng.uniform(-turn, turn)), math.radians(tilt), VIEWING_DISTANCE * size[0], rng)
    seen = _projected(outer, plane)
    low, high = 4 - seen.min(axis=0), size - 4 - seen.max(axis=0)
    plane = (
        np.array(
            [
                [1, 0, rng.uniform(*sorted((low[0], high[0])))],
                [0, 1, rng.uniform(*sorted((low[1], high[1])))],
                [0, 0, 1],
            ]
        )
        @ plane
    )
    canvas = np.empty((*size[::-1], 3))
    canvas[:] = PAPER * rng.uniform(0.6, 1.0)
    frame = _projected(outer, plane)
    swatches, colors = _swatches(frame, SWATCH_RADIUS * pitch, size, rng)
    for position, color in zip(swatches, colors, strict=True):
        angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        _fill(canvas, position + SWATCH_RADIUS * pitch * np.column_stack([np.cos(angles), np.sin(angles)]), color)
    if card != "none":
        _fill(canvas, frame, np.full(3, FRAME))
        for center, color in zip(on_card, _patches(card, rng), strict=True):
            _fill(canvas, _projected(center + square * (0.5 - gap / 2), plane), color)
    sheet = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)
    positions, swatches = (((points + 0.5) / FINE - 0.5)[:, ::-1] for points in (_projected(on_card, plane), swatches))
    return sheet, positions, swatches, linear_to_srgb(colors)


def _view(pitch, turn, tilt, distance, rng):
    """Map (3 x 3) from the card to (x, y) around the origin: turned, and tilted about an axis in any direction."""
    direction = rng.uniform(0, 2 * np.pi)
    rotation = np.eye(3)
    for axis, angle in (((0, 0, 1), turn), ((math.cos(direction), math.sin(direction), 0), tilt)):
        rotation = cv2.Rodrigues(np.array(axis, float) * angle)[0] @ rotation
    view = np.eye(3)
    view[:2, :2] = rotation[:2, :2] * pitch
    view[2, :2] = rotation[2, :2] * pitch / distance
    return view


def _projected(points, plane):
    mapped = np.column_stack([points, np.ones(len(points))]) @ plane.T
    return mapped[:, :2] / mapped[:, 2:]


def _swatches(frame, radius, size, rng):
    """Positions (x, y) clear of the card and of each other, and linear sRGB."""
    contour = frame.astype(np.float32).reshape(-1, 1, 2)
    positions: list[np.ndarray] = []
    colors = []
    for _ in range(N_SWATCHES):
        for _ in range(200):
            position = rng.uniform(1.2 * radius, size - 1.2 * radius)
            is_clear = cv2.pointPolygonTest(contour, tuple(map(float, position)), True) < -1.3 * radius
            if is_clear and all(np.hypot(*(position - other)) > 2.4 * radius for other in positions):
                break
        else:
            raise ValueError("Expected images with room for eight disks beside the card: make them larger.")
        positions.append(position)
        colors.append(rng.uniform(0.03, 0.8, 3) * rng.uniform(0.4, 1))
    return np.array(positions), np.array(colors)


def _fill(canvas, points, color):
    cv2.fillPoly(canvas, [np.rint(points * 256).astype(np.int32)], tuple(map(float, color)), shift=8)


def _light(height, width, gradient, shade, card_center, rng):
    """Light on every pixel (height, width)."""
    row, col = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    direction = rng.uniform(0, 2 * np.pi)
    light = 1 + gradient * (row * math.sin(direction) + col * math.cos(direction)) / math.sqrt(2)
    direction, softness = rng.uniform(0, 2 * np.pi), rng.uniform(0.005, 0.05)
    middle = 2 * card_center / [height - 1, width - 1] - 1 + rng.uniform(-0.1, 0.1, 2)
    beyond = (row - middle[0]) * math.sin(direction) + (col - middle[1]) * math.cos(direction)
    return light * (1 - shade / (1 + np.exp(np.clip(-beyond / softness, -50, 50))))


def _photographed(sheet, light, camera, blur, noise, rng):
    recorded = np.clip(sheet @ camera.T * (EXPOSURE * light[..., np.newaxis]), 0, 1)
    if blur > 0:
        recorded = cv2.GaussianBlur(recorded, (0, 0), blur)
    image = linear_to_srgb(recorded) + rng.normal(0, noise, recorded.shape)
    return np.rint(255 * np.clip(image, 0, 1)).astype(np.uint8)
