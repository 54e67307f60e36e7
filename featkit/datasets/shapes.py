"""Images with known truth, drawn from a seed: shapes whose measurements have a closed form."""

import numpy as np
from sklearn.utils import Bunch, check_random_state

from ..exceptions import shown
from ._drawing import drawn, ellipse, placed, rectangle


def make_shapes(
    n_images: int = 100,
    *,
    shape: str = "ellipse",
    height: int = 128,
    width: int = 128,
    min_radius: float = 20,
    random_state: int | np.random.RandomState | None = None,
) -> Bunch:
    """Draw single shapes whose measurements have a closed form.

    Parameters
    ----------
    n_images : int, default=100
        Number of images.
    shape : {"disk", "ellipse", "rectangle"}, default="ellipse"
    height, width : int, default=128
        Size of each image in pixels.
    min_radius : float, default=20
        Least half-width of a shape in pixels.
    random_state : int, RandomState or None, default=None
        Seed of sizes, positions and rotations.

    Returns
    -------
    shapes : Bunch
        - ``images``: uint8 ndarray (n_images, height, width), white on black with soft edges;
        - ``length``, ``width``, ``area``, ``perimeter``: float ndarray (n_images,) in pixels, the truth
          (perimeter of an ellipse: Ramanujan's second formula, 1914, exact to 1e-6 for these ratios);
        - ``angle``: float ndarray (n_images,) of the long axis in radians from the rows' axis (downwards)
          towards the columns' axis (to the right), in [0, pi).

    Raises
    ------
    ValueError
        When the shape is unknown or the image is too small for `min_radius`.

    See Also
    --------
    make_iris_flowers : Flowers of measured lengths and widths.

    Examples
    --------
    >>> from featkit import make_shapes
    >>> shapes = make_shapes(3, shape="disk", random_state=0)
    >>> shapes.images.shape, (shapes.length == shapes.width).all()
    ((3, 128, 128), np.True_)
    """
    if shape not in ("disk", "ellipse", "rectangle"):
        raise ValueError(f'Expected shape "disk", "ellipse" or "rectangle", got {shown(shape)}.')
    reach = min(height, width) / 2 - 2  # what every rotation of the shape has to stay within
    half_diagonal = min_radius * (np.sqrt(2) if shape == "rectangle" else 1)
    if half_diagonal > reach:
        raise ValueError(
            f"Expected min_radius of at most {reach / (half_diagonal / min_radius):.1f} for images of "
            f"{height} x {width} pixels, got {min_radius}."
        )
    rng = check_random_state(random_state)
    images, truth = [], []
    for _ in range(n_images):
        half_width = rng.uniform(min_radius, max(min_radius, reach / 2))
        longest = np.sqrt(reach**2 - half_width**2) if shape == "rectangle" else reach
        half_length = half_width if shape == "disk" else rng.uniform(half_width, longest)
        angle = rng.uniform(0, np.pi)
        extent = np.hypot(half_length, half_width) if shape == "rectangle" else half_length
        center = [rng.uniform(extent + 1, side - extent - 1) for side in (height, width)]
        outline = rectangle(half_length, half_width) if shape == "rectangle" else ellipse(half_length, half_width)
        images.append(drawn([(placed(outline, angle, center), 255)], np.zeros((height, width), np.uint8)))
        truth.append((2 * half_length, 2 * half_width, *_area_and_perimeter(shape, half_length, half_width), angle))
    names = ("length", "width", "area", "perimeter", "angle")
    return Bunch(images=np.stack(images), **dict(zip(names, np.transpose(truth), strict=True)))


def _area_and_perimeter(shape: str, a: float, b: float) -> tuple[float, float]:
    if shape == "rectangle":
        return 4 * a * b, 4 * (a + b)
    h = ((a - b) / (a + b)) ** 2
    return np.pi * a * b, np.pi * (a + b) * (1 + 3 * h / (10 + np.sqrt(4 - 3 * h)))
