"""Sheets of leaves beside a coin, ruler, tag or checkerboard, drawn as a phone would see them, with known truth."""

from collections.abc import Sequence

import cv2
import numpy as np
from sklearn.utils import Bunch, check_random_state

from ._camera import Camera, cast_shadow, photographed, random_camera, uneven_light
from ._drawing import cover, paint
from ._sheet_parts import (
    COINS,
    Part,
    caliper_lengths,
    checkerboard,
    circle,
    coin,
    digits,
    leaf,
    polygon_area,
    rectangle,
    ruler,
    square,
    stroke,
    tag,
    turned,
)

SHEET = (210.0, 297.0)  # mm, A4 lying
SCALES = ("coin", "disk", "ruler", "square", "tag", "tags", "checkerboard", "sheet", "none")
LEAF_AREAS = (5.0, 1500.0)  # mm2
LEAF_COLORS = ((0.16, 0.36, 0.1), (0.28, 0.45, 0.14), (0.1, 0.27, 0.13), (0.46, 0.42, 0.12), (0.42, 0.13, 0.1))
DESKS = ((0.34, 0.24, 0.16), (0.55, 0.45, 0.33), (0.22, 0.23, 0.25), (0.12, 0.12, 0.13))
TAG_FAMILIES = (
    cv2.aruco.DICT_4X4_50,
    cv2.aruco.DICT_5X5_100,
    cv2.aruco.DICT_6X6_250,
    cv2.aruco.DICT_APRILTAG_36h11,
    cv2.aruco.DICT_APRILTAG_25h9,
)
GAP = 4  # mm between the things on a sheet


def make_sheets(
    n_sheets: int = 10,
    *,
    scale: str | Sequence[str] = ("coin", "ruler", "tag", "checkerboard"),
    height: int = 1200,
    width: int = 1600,
    min_leaves: int = 2,
    max_leaves: int = 12,
    max_tilt: float = 10.0,
    quality: int = 80,
    hidden: bool = False,
    random_state: int | np.random.RandomState | None = None,
) -> Bunch:
    """Draw sheets of leaves beside an object of known size, as hard as photos taken with a phone.

    A sheet of A4 paper on a desk holds leaves (blades, lobed, toothed, round), a written number and the scale object;
    a camera looks at it from above, tilted a little. Light falls off, a shadow lies over a part, the light has a
    tint, and the image is blurred, noisy and compressed.

    Parameters
    ----------
    n_sheets : int, default=10
        Number of images.
    scale : str or sequence of str, default=("coin", "ruler", "tag", "checkerboard")
        What gives the scale, by turns where there are several: "coin" (a metal disk), "disk" (of one color),
        "ruler" (ticks and digits), "square" (red), "tag" (ArUco or AprilTag), "tags" (four of them near the corners),
        "checkerboard", "sheet" (the paper itself is the scale) or "none".
    height, width : int, default=1200, 1600
        Size of the images in pixels.
    min_leaves, max_leaves : int, default=2, 12
        Least and largest number of leaves on a sheet.
    max_tilt : float in [0, 40], default=10.0
        Largest angle between the sheet and the sensor in degrees.
    quality : int in [1, 100], default=80
        Of the JPEG compression.
    hidden : bool, default=False
        Lay something over half of the scale object, so that its size cannot be seen.
    random_state : int, RandomState or None, default=None
        Seed of everything that is drawn.

    Returns
    -------
    sheets : Bunch
        - ``images``: uint8 ndarray (n_sheets, height, width, 3);
        - ``labels``: uint8 ndarray (n_sheets, height, width), leaf k of a sheet is k + 1 where it covers at least half
          of a pixel, the rest 0;
        - ``kind``: list of str, ``size``: float ndarray (n_sheets,), the scale object and its size in mm: diameter of
          a coin or disk, length of a ruler, side of a square, a tag or a square of the checkerboard, NaN for the sheet
          and none;
        - ``homography``: float64 ndarray (n_sheets, 3, 3), from (x, y) on the sheet in mm to (x, y) in the image in
          pixels, pixel centres being whole numbers;
        - ``tilt``: float ndarray (n_sheets,), degrees;
        - ``pixel_size``: float ndarray (n_sheets,), mm per pixel at the middle of the scale object (of the sheet
          where there is none), the square root of the area of a pixel on the sheet;
        - ``scale_center``: float ndarray (n_sheets, 2), its middle (row, col) in the image;
        - ``sheet``: int ndarray (n_leaves,), the sheet of each leaf; ``label``: its value in ``labels``;
        - ``area``, ``length``, ``width``: float ndarray (n_leaves,), mm2 and mm: area, largest and smallest caliper
          diameter;
        - ``outlines``: list of float ndarray (n_points, 2), (row, col) of each leaf in the image;
        - ``color``: float ndarray (n_leaves, 3), reflectance of each leaf;
        - ``sheet_size``: (height, width) of the paper in mm.

    Raises
    ------
    ValueError
        When the kind of scale is unknown or a number is out of its range.

    See Also
    --------
    find_scale : Finds the scale again.

    Examples
    --------
    >>> from featkit.datasets import make_sheets
    >>> sheets = make_sheets(2, scale="coin", height=300, width=400, random_state=0)
    >>> sheets.images.shape, sheets.kind
    ((2, 300, 400, 3), ['coin', 'coin'])
    >>> sheets.area.min() >= 5
    np.True_
    """
    kinds = [scale] if isinstance(scale, str) else list(scale)
    _check(kinds, n_sheets, min_leaves, max_leaves, max_tilt)
    rng = check_random_state(random_state)
    drawn = []
    for number in range(n_sheets):
        things = _laid_out(kinds[number % len(kinds)], rng.randint(min_leaves, max_leaves + 1), hidden, rng)
        camera = random_camera(SHEET, (height, width), max_tilt, rng)
        drawn.append({**things, "camera": camera, **_image_of(things, camera, (height, width), quality, rng)})
    leaves = [(number, k, *leaf) for number, one in enumerate(drawn) for k, leaf in enumerate(one["leaves"])]
    centers = np.array([one["camera"].project(one["center"][np.newaxis])[0] for one in drawn])
    return Bunch(
        images=np.stack([one["image"] for one in drawn]),
        labels=np.stack([one["labels"] for one in drawn]),
        kind=[kinds[number % len(kinds)] for number in range(n_sheets)],
        size=np.array([one["size"] for one in drawn]),
        homography=np.stack([one["camera"].homography for one in drawn]),
        tilt=np.array([one["camera"].tilt for one in drawn]),
        pixel_size=np.array([pixel_size_at(one["camera"].homography, place) for one, place in zip(drawn, centers)]),
        scale_center=centers,
        sheet=np.array([leaf[0] for leaf in leaves], int),
        label=np.array([leaf[1] + 1 for leaf in leaves], int),
        area=np.array([polygon_area(leaf[2]) for leaf in leaves]),
        **dict(zip(("length", "width"), np.reshape([caliper_lengths(leaf[2]) for leaf in leaves], (-1, 2)).T)),
        outlines=[drawn[leaf[0]]["camera"].project(leaf[2]) for leaf in leaves],
        color=np.reshape([leaf[3] for leaf in leaves], (-1, 3)),
        sheet_size=SHEET,
    )


def _check(kinds: list[str], n_sheets: int, min_leaves: int, max_leaves: int, max_tilt: float) -> None:
    unknown = [kind for kind in kinds if kind not in SCALES]
    if unknown or not kinds:
        raise ValueError(f"Expected kinds of scale out of {', '.join(SCALES)}, got {unknown or kinds}.")
    if n_sheets < 1 or not 0 <= min_leaves <= max_leaves:
        raise ValueError(
            "Expected at least one sheet and 0 <= min_leaves <= max_leaves, "
            f"got n_sheets={n_sheets}, min_leaves={min_leaves}, max_leaves={max_leaves}."
        )
    if not 0 <= max_tilt <= 40:
        raise ValueError(f"Expected max_tilt in [0, 40] degrees, got {max_tilt}.")


def pixel_size_at(homography: np.ndarray, place: np.ndarray) -> float:
    """Square root of the area on the sheet that a pixel at (row, col) shows."""
    inverse = np.linalg.inv(homography)
    depth = inverse[2] @ (place[1], place[0], 1)
    return float(np.sqrt(abs(np.linalg.det(inverse) / depth**3)))


def _laid_out(kind: str, n_leaves: int, hidden: bool, rng: np.random.RandomState) -> dict:
    """Things on a sheet, none over another, in mm from its centre."""
    taken = np.zeros((int(SHEET[0]), int(SHEET[1])), np.uint8)
    scales, size = _scale_parts(kind, rng)
    scale_parts: list[Part] = []
    raised: list[np.ndarray] = []  # outlines that cast a shadow
    center = np.zeros(2)
    for number, parts in enumerate(scales):
        hull = parts[0][0]
        corner = np.array([(-1, -1), (-1, 1), (1, 1), (1, -1)])[number] if kind == "tags" else None
        center, turn = _free_place(hull, taken, rng, corner)
        placed = [(outline @ turn + center, color) for outline, color in parts]
        if hidden and kind in ("coin", "disk", "ruler", "square", "tag", "tags", "checkerboard"):
            extent = np.ptp(hull, axis=0) + 2
            over = rectangle(extent[0], 0.55 * extent[1]) + (0, 0.27 * extent[1])
            placed.append((over @ turn + center, (0.36, 0.3, 0.14)))
        scale_parts += placed
        if kind in ("coin", "ruler"):
            raised.append(placed[0][0])
    corner = (SHEET[0] * 0.44, -SHEET[1] * 0.46)
    written = [(line, (0.12, 0.14, 0.35)) for line in digits(rng.randint(100, 999), 8, corner)]
    leaves = []
    smallest, largest = np.log(LEAF_AREAS)
    areas = np.sort(np.exp(rng.uniform(smallest, largest, n_leaves)))[::-1]
    for area in areas:
        outline = leaf(float(area), rng)
        spot = _free_place(outline, taken, rng)
        color = np.array(LEAF_COLORS[rng.randint(len(LEAF_COLORS))]) * rng.uniform(0.8, 1.25)
        leaves.append((outline @ spot[1] + spot[0], color))
    return {
        "leaves": leaves,
        "scale": scale_parts,
        "raised": raised,
        "written": written,
        "size": size,
        "center": center,
    }


def _scale_parts(kind: str, rng: np.random.RandomState) -> tuple[list[list[Part]], float]:
    if kind == "coin":
        size = COINS[rng.randint(len(COINS))]
        return [coin(size, rng)], size
    if kind == "disk":
        size = float(rng.choice([15, 20, 25]))
        return [[(circle(size / 2), tuple(rng.uniform([0.05, 0.1, 0.5], [0.2, 0.3, 0.8])))]], size
    if kind == "ruler":
        size = float(rng.choice([80, 100, 150]))
        return [ruler(size, rng)], size
    if kind == "square":
        size = float(rng.choice([10, 20, 30]))
        return [square(size, rng)], size
    if kind in ("tag", "tags"):
        size = float(rng.choice([15, 20, 30]))
        family = TAG_FAMILIES[rng.randint(len(TAG_FAMILIES))]
        numbers = rng.choice(30, 4 if kind == "tags" else 1, replace=False)
        return [tag(size, family, int(number)) for number in numbers], size
    if kind == "checkerboard":
        size = float(rng.choice([8, 10]))
        n_rows, n_cols = ((5, 7), (6, 8), (6, 9))[rng.randint(3)]
        return [checkerboard(size, n_rows, n_cols)], size
    return [], np.nan


def _free_place(
    outline: np.ndarray, taken: np.ndarray, rng: np.random.RandomState, corner: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Centre and turn at which an outline lies on the sheet and on nothing else; takes the position."""
    for attempt in range(2000):
        turn = turned(rng.uniform(0, 2 * np.pi))
        shape = outline @ turn
        low, high = -np.array(SHEET) / 2 + 12 - shape.min(axis=0), np.array(SHEET) / 2 - 12 - shape.max(axis=0)
        low[0], high[0] = low[0], high[0] - 8  # the written number stands below
        if (low > high).any():
            continue
        center = (
            low + rng.rand(2) * (high - low)
            if corner is None
            else np.where(corner < 0, low, high) * rng.uniform(0.9, 1, 2)
        )
        vertices = [np.rint((shape + center + np.array(SHEET) / 2)[:, ::-1]).astype(np.int32)]
        here = np.zeros_like(taken)
        cv2.fillPoly(here, vertices, 1)
        cv2.polylines(here, vertices, True, 1, thickness=2 * GAP)
        if not (here & taken).any() or attempt == 1999:
            taken |= here
            return center, turn
    raise ValueError(f"Expected something that fits on a sheet of {SHEET} mm, got {np.ptp(outline, axis=0)} mm.")


def _image_of(
    things: dict, camera: Camera, shape: tuple[int, int], quality: int, rng: np.random.RandomState
) -> dict[str, np.ndarray]:
    image = _desk(shape, rng)
    paper = rng.uniform(0.86, 0.96) + rng.normal(0, 0.01, (*shape, 1)) + rng.uniform(-0.01, 0.01, 3)
    paint(image, [(camera.project(rectangle(*SHEET)), paper)])
    labels = np.zeros(shape, np.uint8)
    patches = cv2.resize(rng.normal(0, 1, (48, 64)).astype(np.float32), shape[::-1], interpolation=cv2.INTER_LINEAR)
    for number, (outline, color) in enumerate(things["leaves"], 1):
        place, fractions = cover(camera.project(outline), shape)
        labels[place][fractions >= 0.5] = number
        blade = color * (1 + 0.08 * patches[place][..., np.newaxis])
        image[place] += fractions[..., np.newaxis] * (blade - image[place])
        paint(image, [(camera.project(_vein(outline)), np.clip(color * 1.25, 0, 1))])
    paint(image, [(camera.project(outline), color) for outline, color in things["written"]])
    angle, distance = (
        rng.uniform(0, 2 * np.pi),
        rng.uniform(0.3, 0.8) / pixel_size_at(camera.homography, np.array(shape) / 2),
    )
    for outline in things["raised"]:
        offset = distance * np.array([np.sin(angle), np.cos(angle)])
        cast_shadow(image, camera.project(outline) + offset, 0.6 * distance)
    paint(image, [(camera.project(outline), color) for outline, color in things["scale"]])
    return {"image": photographed(image, uneven_light(shape, rng), quality, rng), "labels": labels}


def _desk(shape: tuple[int, int], rng: np.random.RandomState) -> np.ndarray:
    """A dark desk with a grain along one direction."""
    height, width = shape
    coarse = rng.normal(0, 1, (max(height // 3, 2), max(width // 60, 2))).astype(np.float32)
    grain = cv2.resize(coarse if rng.rand() < 0.5 else coarse.T, (width, height), interpolation=cv2.INTER_LINEAR)
    color = np.array(DESKS[rng.randint(len(DESKS))], np.float32)
    return np.clip(color * (1 + 0.12 * grain[..., np.newaxis]), 0.02, 0.95).astype(np.float32)


def _vein(outline: np.ndarray) -> np.ndarray:
    """Along a leaf."""
    middle = outline.mean(axis=0)
    axis = np.linalg.svd(outline - middle, full_matrices=False)[2][0]
    extent = np.ptp(outline @ axis)
    return stroke(middle - 0.35 * extent * axis, middle + 0.35 * extent * axis, 0.02 * extent)
