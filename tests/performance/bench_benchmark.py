"""What `benchmark` adds to fitting and transforming: its CPU time against a bare loop over the same folds.

python tests/performance/bench_benchmark.py
"""

import statistics
import time

import numpy as np
from skimage import data
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from featkit import HOG, Corrupter, LocalBinaryPattern, Resizer, benchmark, raw_pixel_baselines
from featkit.evaluation.benchmarking._costs import one_native_thread

CHANGES = {f"{kind} {level}": Corrupter(kind=kind, severity=level) for kind in ("shift", "noise") for level in (2, 4)}


def bare_loop(candidates, X, y, changes):
    with one_native_thread():
        for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(np.zeros(len(y)), y):
            models = [clone(candidate).fit(X[train], y[train]) for candidate in candidates.values()]
            for model in models:
                model.predict(X[test])
            for change in changes.values():
                changed = change.transform(X[test])
                for model in models:
                    model.predict(changed)


def spent(function, *arguments, **options):
    start = time.process_time()
    function(*arguments, **options)
    return time.process_time() - start


def measure(name, candidates, X, y, changes, rounds=3):
    options = {"baselines": {}, "corruptions": changes or None, "verbose": False}
    bare_loop(candidates, X, y, changes)
    pairs = [
        (spent(bare_loop, candidates, X, y, changes), spent(benchmark, candidates, X, y, **options))
        for _ in range(rounds)
    ]
    bare, whole = (min(times) for times in zip(*pairs))
    added = statistics.median(whole / bare - 1 for bare, whole in pairs)
    print(f"{name}: bare loop {bare:.2f} s, benchmark {whole:.2f} s of CPU, {100 * added:+.1f} %")


def main():
    digits = load_digits()
    images, labels = digits.images[:600] / 16, digits.target[:600]
    candidates = {
        "pixels": raw_pixel_baselines(images)["raw pixels + tuned SVM"],
        "HOG": make_pipeline(HOG(pixels_per_cell=(2, 2), cells_per_block=(2, 2)), SVC(C=10)),
    }
    measure("600 digits of 8 x 8, tuned raw pixels and HOG", candidates, images, labels, {})
    rng = np.random.default_rng(0)
    photos = [data.astronaut(), data.chelsea()]
    corners = rng.integers(0, 300 - 128, (200, 2))
    crops = np.stack([photos[k % 2][row : row + 128, col : col + 128] for k, (row, col) in enumerate(corners)])
    textures = {
        "HOG": make_pipeline(HOG(pixels_per_cell=(16, 16)), SVC()),
        "LBP": make_pipeline(LocalBinaryPattern(grid=(4, 4)), StandardScaler(), SVC()),
        "small pixels": make_pipeline(
            Resizer(height=32, width=32), raw_pixel_baselines(crops)["raw pixels + tuned SVM"]
        ),
    }
    measure("200 photos of 128 x 128, 4 changes", textures, crops, np.arange(200) % 2, CHANGES)


if __name__ == "__main__":
    main()
