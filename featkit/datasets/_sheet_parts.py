"""What lies on a sheet, as polygons in millimetres: leaves, coins, rulers, squares, tags and checkerboards."""

import cv2
import numpy as np

Part = tuple[np.ndarray, tuple[float, float, float]]  # polygon of (row, col) points in mm, color in [0, 1]

COINS = (16.25, 18.75, 19.05, 19.75, 21.25, 22.25, 23.25, 24.26, 25.75)  # mm: cents, pennies, euros, a quarter
METALS = {
    "silver": (0.62, 0.62, 0.61),
    "bright": (0.74, 0.74, 0.73),
    "gold": (0.66, 0.55, 0.30),
    "copper": (0.56, 0.34, 0.22),
    "dark": (0.26, 0.24, 0.22),
}
RULERS = {
    "plastic": ((0.93, 0.90, 0.55), (0.1, 0.1, 0.1)),
    "wood": ((0.72, 0.55, 0.33), (0.15, 0.1, 0.08)),
    "steel": ((0.55, 0.56, 0.58), (0.12, 0.12, 0.12)),
    "black": ((0.09, 0.09, 0.1), (0.9, 0.9, 0.9)),
    "blue": ((0.12, 0.25, 0.6), (0.95, 0.95, 0.95)),
}
SEGMENTS = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg")  # of 0 to 9
ENDS = {  # of the segments of a digit, as (row, col) in [0, 2] x [0, 1]
    "a": ((0, 0), (0, 1)),
    "b": ((0, 1), (1, 1)),
    "c": ((1, 1), (2, 1)),
    "d": ((2, 0), (2, 1)),
    "e": ((1, 0), (2, 0)),
    "f": ((0, 0), (1, 0)),
    "g": ((1, 0), (1, 1)),
}


def circle(radius: float, n_points: int = 360) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, n_points, endpoint=False)
    return radius * np.column_stack([np.sin(angles), np.cos(angles)])


def rectangle(height: float, width: float) -> np.ndarray:
    return np.array([[-1, -1], [-1, 1], [1, 1], [1, -1]]) * (height / 2, width / 2)


def stroke(start: np.ndarray, end: np.ndarray, thickness: float) -> np.ndarray:
    start, end = np.asarray(start, float), np.asarray(end, float)
    across = np.array([end[1] - start[1], start[0] - end[0]])
    across *= thickness / 2 / np.hypot(*across)
    return np.array([start + across, end + across, end - across, start - across])


def digits(number: int, height: float, place: tuple[float, float]) -> list[np.ndarray]:
    """Strokes of a number, its first digit's upper left corner at a position."""
    strokes = []
    for position, digit in enumerate(str(number)):
        for segment in SEGMENTS[int(digit)]:
            ends = np.array(ENDS[segment]) * height / 2 + place + (0, position * 0.8 * height)
            strokes.append(stroke(ends[0], ends[1], 0.12 * height))
    return strokes


def coin(diameter: float, rng: np.random.RandomState) -> list[Part]:
    """A metal disk: rim, relief and a reflection."""
    names = list(METALS)
    name = names[rng.randint(len(names))]
    base = np.array(METALS[name])
    rim, inner = base * rng.uniform(0.75, 1.03), base
    if rng.rand() < 0.3 and name in ("silver", "gold"):  # two metals
        inner = np.array(METALS["gold" if name == "silver" else "silver"])
    parts = [(circle(diameter / 2), rim), (circle(diameter / 2 * rng.uniform(0.7, 0.93)), inner)]
    for _ in range(rng.randint(6, 20)):  # relief
        angle, reach = rng.uniform(0, 2 * np.pi), diameter / 2 * 0.62 * np.sqrt(rng.rand())
        outline = circle(diameter * rng.uniform(0.02, 0.09), 9) * rng.uniform(0.5, 1.3, (9, 1))
        parts.append((outline + reach * np.array([np.sin(angle), np.cos(angle)]), inner * rng.uniform(0.65, 1.3)))
    shine = circle(diameter / 2 * 0.6, 60) * (rng.uniform(0.1, 0.35), 1)
    parts.append((shine @ turned(rng.uniform(0, np.pi)), np.clip(inner * 1.35, 0, 0.97)))
    return [(outline, tuple(np.clip(color, 0.02, 0.98))) for outline, color in parts]


def ruler(length: float, rng: np.random.RandomState) -> list[Part]:
    """A ruler with ticks each millimetre from one end to the other, and a digit each ten."""
    names = list(RULERS)
    body, ink = RULERS[names[rng.randint(len(names))]]
    width = rng.uniform(0.14, 0.22) * length
    parts: list[Part] = [(rectangle(width, length), body)]
    for mm in range(1, int(np.ceil(length))):
        reach = width * (0.34 if mm % 10 == 0 else 0.26 if mm % 5 == 0 else 0.16)
        ends = np.array([[-width / 2, mm - length / 2], [-width / 2 + reach, mm - length / 2]])
        parts.append((stroke(ends[0], ends[1], 0.2), ink))
        if mm % 10 == 0:
            digit_height = 0.22 * width
            place = (-width / 2 + 0.42 * width, mm - length / 2 - 0.25 * digit_height)
            parts += [(outline, ink) for outline in digits(mm // 10, digit_height, place)]
    return parts


def square(side: float, rng: np.random.RandomState) -> list[Part]:
    return [(rectangle(side, side), tuple(rng.uniform([0.6, 0.05, 0.05], [0.85, 0.2, 0.2])))]


def tag(side: float, dictionary: int, number: int) -> list[Part]:
    """A tag of an ArUco or AprilTag dictionary on a white margin of two cells."""
    marker_dictionary = cv2.aruco.getPredefinedDictionary(dictionary)
    n_cells = marker_dictionary.markerSize + 2
    bits = cv2.aruco.generateImageMarker(marker_dictionary, number, n_cells)
    cell = side / n_cells
    parts: list[Part] = [(rectangle(side + 2.5 * cell, side + 2.5 * cell), (0.92, 0.92, 0.92))]
    parts.append((rectangle(side, side), (0.06, 0.06, 0.06)))
    return parts + _cells(bits > 0, cell, (0.92, 0.92, 0.92))


def checkerboard(cell: float, n_rows: int, n_cols: int) -> list[Part]:
    """A board of `n_rows` x `n_cols` squares on a white margin, its first square black."""
    black = np.add.outer(np.arange(n_rows), np.arange(n_cols)) % 2 == 0
    margin = (n_rows + 1) * cell, (n_cols + 1) * cell
    return [(rectangle(*margin), (0.92, 0.92, 0.92)), *_cells(black, cell, (0.06, 0.06, 0.06))]


def _cells(filled: np.ndarray, cell: float, color: tuple[float, float, float]) -> list[Part]:
    """Filled runs of a grid that is centred on the origin, each run one rectangle so that no seam shows."""
    parts: list[Part] = []
    n_rows, n_cols = filled.shape
    for row in range(n_rows):
        edges = np.flatnonzero(np.diff(np.r_[0, filled[row].astype(int), 0]))
        for start, stop in edges.reshape(-1, 2):
            middle = np.array([row + 0.5 - n_rows / 2, (start + stop) / 2 - n_cols / 2]) * cell
            parts.append((rectangle(cell, (stop - start) * cell) + middle, color))
    return parts


def turned(angle: float) -> np.ndarray:
    """Matrix that turns (row, col) points by an angle, applied from the right."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, sine], [-sine, cosine]])


def leaf(area: float, rng: np.random.RandomState) -> np.ndarray:
    """Outline of a leaf of an area: a blade, lobed, toothed, round or a superellipse, bent a little."""
    kind = rng.randint(5)
    angles = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    if kind == 0:  # a blade, broadest before or past the middle
        along = (1 - np.cos(np.linspace(0, np.pi, 360))) / 2
        half = np.sqrt(np.clip(along * (1 - along), 0, None)) * (1 + rng.uniform(-0.4, 0.4) * (2 * along - 1))
        half *= rng.uniform(0.25, 0.7)
        outline = np.column_stack([np.r_[along, along[::-1]] - 0.5, np.r_[half, -half[::-1]] / 2])
    elif kind == 1:  # lobes
        lobes = rng.randint(3, 8)
        radius = 1 + rng.uniform(0.15, 0.4) * np.cos(lobes * angles) + 0.1 * np.cos(angles)
        outline = radius[:, np.newaxis] * np.column_stack([np.sin(angles), np.cos(angles)])
    elif kind == 2:  # teeth
        teeth = rng.randint(14, 30)
        radius = 1 + 0.05 * np.abs(np.sin(teeth * angles / 2)) + 0.03 * np.cos(angles)
        outline = radius[:, np.newaxis] * np.column_stack([np.sin(angles) * rng.uniform(0.4, 0.8), np.cos(angles)])
    elif kind == 3:  # nearly round
        outline = np.column_stack([np.sin(angles) * rng.uniform(0.9, 1.0), np.cos(angles)])
    else:
        power = 2 / rng.uniform(2.2, 4)
        cosine, sine = np.cos(angles), np.sin(angles)
        outline = np.column_stack(
            [np.sign(sine) * np.abs(sine) ** power * rng.uniform(0.4, 0.9), np.sign(cosine) * np.abs(cosine) ** power]
        )
    outline = outline @ turned(rng.uniform(0, 2 * np.pi))
    outline[:, 0] += rng.uniform(-0.15, 0.15) * outline[:, 1] ** 2  # a shear along the rows keeps the area
    outline -= outline.mean(axis=0)
    return outline * np.sqrt(area / polygon_area(outline))


def polygon_area(outline: np.ndarray) -> float:
    row, col = outline.T
    return float(abs(np.dot(row, np.roll(col, -1)) - np.dot(col, np.roll(row, -1))) / 2)


def caliper_lengths(outline: np.ndarray) -> tuple[float, float]:
    """Largest and smallest distance between two parallel lines that hold the outline."""
    angles = np.linspace(0, np.pi, 1801)[:-1]
    along = outline @ np.stack([np.sin(angles), np.cos(angles)])
    extents = np.ptp(along, axis=0)
    return float(extents.max()), float(extents.min())
