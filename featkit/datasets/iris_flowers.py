"""Images with known truth, drawn from a seed: iris flowers from their measured lengths and widths."""

from collections.abc import Sequence

import cv2
import numpy as np
from skimage import data as photos
from sklearn.datasets import load_iris
from sklearn.utils import Bunch, check_random_state

from ..exceptions import shown
from ._drawing import drawn, ellipse, placed, rectangle

PHOTO_NAMES = ("chelsea", "coffee", "rocket", "grass", "gravel", "brick")

BLADE_GAP = 1.2  # cm from the centre of a flower to the base of its sepals and petals: keeps neighbours apart
CLAW_WIDTH = 0.2  # cm, of the stalk between the centre and a blade
CLAW_OVERLAP = 0.3  # cm that the stalk runs on under the blade, so that the thinnest petals hold to it
MARK_LENGTH = 4.0  # cm
MARK_COLOR = (200, 30, 30)
CENTER_COLOR = (60, 130, 50)
SEPAL_COLORS = {"setosa": (64, 62, 170), "versicolor": (72, 56, 160), "virginica": (84, 60, 166)}
PETAL_COLORS = {"setosa": (200, 104, 190), "versicolor": (196, 92, 170), "virginica": (208, 100, 160)}


def make_iris_flowers(
    *,
    size: int = 512,
    pixel_size: float = 0.045,
    background: str = "plain",
    random_state: int | np.random.RandomState | None = None,
) -> Bunch:
    """Draw a flower for each of the 150 rows of the iris table.

    Every flower has three sepals (violet) and three petals (pink) of exactly the row's lengths and widths, around
    a green centre, at a random position and rotation, under a random light, beside a red scale mark.

    Parameters
    ----------
    size : int, default=512
        Height and width of the images in pixels.
    pixel_size : float, default=0.045
        Centimetres per pixel.
    background : {"plain", "photo"}, default="plain"
        A sheet of light paper, or a crop of a real photo that ships with scikit-image.
    random_state : int, RandomState or None, default=None
        Seed of positions, rotations, light, colours and backgrounds.

    Returns
    -------
    flowers : Bunch
        - ``images``: uint8 ndarray (150, size, size, 3);
        - ``masks``: bool ndarray (150, size, size), the flower without the scale mark;
        - ``measurements``: float ndarray (150, 4), sepal length, sepal width, petal length, petal width in cm;
        - ``target``: int ndarray (150,), the species; ``target_names``, ``feature_names``: as in `load_iris`;
        - ``pixel_size``: cm per pixel; ``mark_length``: length of the scale mark in cm.

    Raises
    ------
    ValueError
        When the background is unknown or the image is too small for the largest flower.

    See Also
    --------
    make_shapes : Single shapes with closed forms.
    sklearn.datasets.load_iris : The table they are drawn from.

    References
    ----------
    E. Anderson, "The irises of the Gaspe Peninsula", 1935; R. A. Fisher, "The use of multiple measurements in
    taxonomic problems", 1936, doi:10.1111/j.1469-1809.1936.tb02137.x.

    Examples
    --------
    >>> from featkit import make_iris_flowers
    >>> flowers = make_iris_flowers(size=256, pixel_size=0.09, random_state=0)
    >>> flowers.images.shape, flowers.measurements[0]
    ((150, 256, 256, 3), array([5.1, 3.5, 1.4, 0.2]))
    """
    if background not in ("plain", "photo"):
        raise ValueError(f'Expected background "plain" or "photo", got {shown(background)}.')
    rng = check_random_state(random_state)
    iris = load_iris()
    needed = 2 * (BLADE_GAP + iris.data[:, 0].max()) / pixel_size + 0.12 * size
    if size < needed:
        raise ValueError(
            f"Expected images wide enough for the largest flower, {needed:.0f} pixels at pixel_size={pixel_size}, "
            f"got size={size}: raise one of them."
        )
    images, masks = [], []
    for measurements, target in zip(iris.data, iris.target, strict=True):
        ground = _paper(size, rng) if background == "plain" else _photo_crop(size, rng)
        flower = _flower_polygons(measurements, iris.target_names[target], size, pixel_size, rng)
        black = np.zeros((size, size), np.uint8)
        masks.append(drawn([(points, 255) for points, _ in flower], black) >= 128)
        picture = drawn([*flower, _scale_mark(size, pixel_size)], ground)
        images.append(_lit(picture, rng))
    return Bunch(
        images=np.stack(images),
        masks=np.stack(masks),
        measurements=iris.data,
        target=iris.target,
        target_names=iris.target_names,
        feature_names=iris.feature_names,
        pixel_size=pixel_size,
        mark_length=MARK_LENGTH,
    )


def _paper(size: int, rng: np.random.RandomState) -> np.ndarray:
    color = rng.uniform(215, 245) + rng.uniform(-6, 6, 3)
    grain = rng.randint(-3, 4, (size, size, 1))
    return (color + grain).astype(np.uint8)


def _photo_crop(size: int, rng: np.random.RandomState) -> np.ndarray:
    photo = getattr(photos, PHOTO_NAMES[rng.randint(len(PHOTO_NAMES))])()
    if photo.ndim == 2:
        photo = np.repeat(photo[..., np.newaxis], 3, axis=2)
    side = rng.randint(min(photo.shape[:2]) // 2, min(photo.shape[:2]) + 1)
    row, col = (rng.randint(extent - side + 1) for extent in photo.shape[:2])
    return cv2.resize(photo[row : row + side, col : col + side], (size, size), interpolation=cv2.INTER_LINEAR)


def _blade(length: float, width: float) -> np.ndarray:
    """Outline of a petal or sepal from its base at (0, 0), broadest past the middle."""
    along = (1 - np.cos(np.linspace(0, np.pi, 60))) / 2
    half = np.sqrt(np.clip(along * (1 - along), 0, None)) * (1 + 0.3 * (2 * along - 1))
    half *= width / 2 / half.max()
    return np.column_stack([np.r_[along, along[::-1]] * length, np.r_[half, -half[::-1]]])


def _flower_polygons(
    measurements: np.ndarray, species: str, size: int, pixel_size: float, rng: np.random.RandomState
) -> list[tuple[np.ndarray, Sequence[float]]]:
    """Polygons with their colours, back to front: claws and centre first, so that the blades keep their full size."""
    sepal_length, sepal_width, petal_length, petal_width = measurements / pixel_size
    gap = BLADE_GAP / pixel_size
    extent = gap + sepal_length
    mark_rows = 0.08 * size
    center = [rng.uniform(extent + 2, size - extent - mark_rows), rng.uniform(extent + 2, size - extent - 2)]
    turn = rng.uniform(0, 2 * np.pi)
    sepal_color = _varied(SEPAL_COLORS[species], rng)
    petal_color = _varied(PETAL_COLORS[species], rng)
    green = _varied(CENTER_COLOR, rng)
    claws, blades = [], []
    for number in range(6):
        angle = turn + number * np.pi / 3
        is_sepal = number % 2 == 0
        length, width = (sepal_length, sepal_width) if is_sepal else (petal_length, petal_width)
        reach = (gap + CLAW_OVERLAP / pixel_size) / 2
        claw = rectangle(reach, CLAW_WIDTH / pixel_size / 2) + (reach, 0)
        claws.append((placed(claw, angle, center), green))
        blades.append(
            (placed(_blade(length, width) + (gap, 0), angle, center), sepal_color if is_sepal else petal_color)
        )
    disk = (placed(ellipse(0.45 * gap, 0.45 * gap), 0, center), green)
    return [*claws, disk, *blades]


def _varied(color: Sequence[float], rng: np.random.RandomState) -> tuple[float, ...]:
    return tuple(float(value) for value in np.clip(np.asarray(color) + rng.uniform(-10, 10, 3), 0, 255))


def _scale_mark(size: int, pixel_size: float) -> tuple[np.ndarray, Sequence[float]]:
    half_length, half_width = MARK_LENGTH / pixel_size / 2, 0.02 * size
    center = (size - 0.05 * size, 0.03 * size + half_length)
    return placed(rectangle(half_length, half_width), np.pi / 2, center), MARK_COLOR


def _lit(picture: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Dim or brighten the image, with a slope of light across it."""
    rows, cols = (np.linspace(-1, 1, extent, dtype=np.float32) for extent in picture.shape[:2])
    direction = rng.uniform(0, 2 * np.pi)
    slope = 0.08 * (rows[:, np.newaxis] * np.sin(direction) + cols * np.cos(direction))
    light = rng.uniform(0.7, 1.05) * (1 + slope)
    return cv2.multiply(picture, cv2.merge([light.astype(np.float32)] * 3), dtype=cv2.CV_8U)
