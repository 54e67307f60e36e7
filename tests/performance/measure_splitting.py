"""How often touching objects are counted right, and whether convex ones stay whole.

    python tests/performance/measure_splitting.py [--pairs 500] [--seed 0]

Pairs of disks, ellipses and grains, the smaller of the two covered by the other up to 15 %; single convex objects up to
four times as long as wide; and the coins and the cell of scikit-image. Prints tables in Markdown.
"""

import argparse
import time

import numpy as np
from skimage import data, filters, measure, morphology

from featkit.image.masks.components import fill_holes, remove_small_components
from featkit.objects import split_touching

KINDS = {"disk": ((1, 1), 2), "ellipse": ((1.2, 2), 2), "grain": ((1.8, 3), 2.5)}  # length to width, exponent
OVERLAPS = (0, 0.05, 0.10, 0.15)


def drawn(half_length, half_width, angle, center, size, exponent):
    row, col = np.mgrid[:size, :size] - np.reshape(center, (2, 1, 1))
    along, across = col * np.cos(angle) + row * np.sin(angle), row * np.cos(angle) - col * np.sin(angle)
    return abs(along / half_length) ** exponent + abs(across / half_width) ** exponent <= 1


def random_pair(kind, random):
    """The union of two objects, and how much of the smaller one is covered."""
    elongations, exponent = KINDS[kind]
    lengths = random.uniform(10, 30) * np.array([1, random.uniform(0.6, 1.6)])
    forms = [(length, length / random.uniform(*elongations), random.uniform(0, np.pi)) for length in lengths]
    if min(form[1] for form in forms) < 5:
        return random_pair(kind, random)
    size = int(4 * lengths.sum()) + 10
    center = size / 2 + random.uniform(-0.5, 0.5, 2)
    first = drawn(*forms[0], center, size, exponent)
    direction, wanted = random.uniform(0, 2 * np.pi), random.uniform(0, 0.15)
    near, far = 0.0, lengths.sum() + 2
    for _ in range(9):  # the distance at which so much overlaps
        distance = (near + far) / 2
        place = center + distance * np.array([np.sin(direction), np.cos(direction)])
        second = drawn(*forms[1], place, size, exponent)
        is_near = (first & second).sum() > wanted * min(first.sum(), second.sum())
        near, far = (distance, far) if is_near else (near, distance)
    second = drawn(*forms[1], center + near * np.array([np.sin(direction), np.cos(direction)]), size, exponent)
    return first | second, wanted


def count(mask):
    return int(split_touching(mask).max())


def report_pairs(n_pairs, seed):
    print(
        "| pairs | two | one | more | " + " | ".join(f"{100 * a:.0f}-{100 * b:.0f} %" for a, b in steps()) + " | ms |"
    )
    print("|---|---:|---:|---:|" + "---:|" * (len(OVERLAPS)))
    for kind in KINDS:
        random = np.random.default_rng(seed)
        pairs = [random_pair(kind, random) for _ in range(n_pairs)]
        start = time.perf_counter()
        counts = np.array([count(mask) for mask, _ in pairs])
        ms = 1000 * (time.perf_counter() - start) / n_pairs
        overlap = np.array([overlap for _, overlap in pairs])
        by_overlap = [np.mean(counts[(overlap >= a) & (overlap < b)] == 2) for a, b in steps()]
        values = (np.mean(counts == 2), np.mean(counts < 2), np.mean(counts > 2), *by_overlap)
        print(f"| {kind}s | " + " | ".join(f"{100 * value:.1f} %" for value in values) + f" | {ms:.1f} |")


def steps():
    return list(zip(OVERLAPS[:-1], OVERLAPS[1:]))


def report_singles(n_singles, seed):
    random = np.random.default_rng(seed + 1)
    parted = dict.fromkeys(KINDS, 0)
    for number in range(n_singles):
        kind = list(KINDS)[number % len(KINDS)]
        half_length = random.uniform(8, 40)
        form = half_length, half_length / random.uniform(1, 4), random.uniform(0, np.pi)
        center = 45 + random.uniform(-0.5, 0.5, 2)
        parted[kind] += count(drawn(*form, center, 91, KINDS[kind][1])) != 1
    print(f"\nconvex objects parted, of {n_singles} up to four times as long as wide: {parted}")


def report_photos():
    print("\n| photo | components | split |\n|---|---:|---:|")
    coins, cell = filters.gaussian(data.coins(), 2), filters.gaussian(data.cell(), 3)
    levels = {
        "coins (24)": (coins, filters.threshold_local(coins, 101, offset=-0.02), 200),
        "cell (1)": (cell, filters.threshold_otsu(cell), 0.5 * cell.size / 100),
    }
    for name, (image, level, least) in levels.items():
        mask = morphology.opening(fill_holes(image > level), morphology.disk(5))
        mask = remove_small_components(mask, 0.0, int(least))
        mask[:20] = False  # writing above the coins
        labels = split_touching(mask, min_size=least)
        print(f"| {name} | {measure.label(mask).max()} | {labels.max()} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    report_pairs(arguments.pairs, arguments.seed)
    report_singles(arguments.pairs, arguments.seed)
    report_photos()


if __name__ == "__main__":
    main()
