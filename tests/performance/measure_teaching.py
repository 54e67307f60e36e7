"""How much a foreground classifier gains over "auto" by the number of masks it learns from.

    python tests/performance/measure_teaching.py FOLDER [--masks 10 40] [--draws 20]

FOLDER holds ``images/NAME.jpg`` and ``masks/NAME.png`` (0 and 255), such as pedestrians in streets. In each draw the
masks are drawn at random, and all other photos are cut. Without FOLDER: leaves on
drawn sheets, from 3 masks, without and with a coin that is to be left out.
"""

import argparse
import time
from pathlib import Path

import cv2
import numpy as np

from featkit import ForegroundClassifier, segment_foreground
from featkit.datasets import make_sheets


def overlap(found, truth):
    union = np.count_nonzero(found | truth)
    return np.count_nonzero(found & truth) / union if union else 1.0


def load(folder):
    images, masks = [], []
    for path in sorted((folder / "images").iterdir()):
        images.append(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB))
        masks.append(cv2.imread(str(folder / "masks" / f"{path.stem}.png"), cv2.IMREAD_GRAYSCALE) > 127)
    return images, masks


def measure_drawn(n_draws, n_sheets=11):
    for scale in ("none", "coin"):
        rows = []
        for seed in range(100, 100 + n_draws):
            sheets = make_sheets(n_sheets, scale=scale, height=450, width=600, random_state=seed)
            truths = sheets.labels > 0
            taught = ForegroundClassifier().fit(sheets.images[:3], truths[:3])
            pairs = list(zip(sheets.images[3:], truths[3:]))
            found = np.mean([overlap(taught.predict([image])[0], truth) for image, truth in pairs])
            paper = np.mean([overlap(segment_foreground(image, "paper"), truth) for image, truth in pairs])
            rows.append((found, taught.score_, paper))
        found, said, paper = np.mean(rows, axis=0)
        print(
            f"sheets, scale {scale}, {n_draws} draws: IoU {found:.3f} (least {np.min(rows, axis=0)[0]:.3f}, said "
            f"{said:.3f}), paper {paper:.3f}",
            flush=True,
        )


def measure_folder(folder, sizes, n_draws):
    images, masks = load(folder)
    start = time.process_time()
    auto = np.array([overlap(segment_foreground(image), mask) for image, mask in zip(images, masks)])
    cost_of_auto = (time.process_time() - start) / len(images)
    print(f"auto: IoU {auto.mean():.3f}, {1e3 * cost_of_auto:.1f} ms CPU")
    for n_masks in sizes:
        rows = []
        for draw in range(n_draws):
            order = np.random.default_rng(draw).permutation(len(images))
            train, test = order[:n_masks], order[n_masks:]
            start = time.process_time()
            taught = ForegroundClassifier().fit([images[i] for i in train], [masks[i] for i in train])
            learnt = time.process_time()
            scores = [overlap(taught.predict([images[i]])[0], masks[i]) for i in test]
            costs = learnt - start, (time.process_time() - learnt) / len(test)
            rows.append((np.mean(scores), auto[test].mean(), taught.score_, *costs))
        found, before, said, to_learn, to_cut = np.mean(rows, axis=0)
        print(
            f"{n_masks} masks, {n_draws} draws: IoU {found:.3f} (sd {np.std([row[0] for row in rows]):.3f}), auto on "
            f"the same photos {before:.3f}: {found - before:+.3f}; score_ {said:.3f}; learnt in {to_learn:.1f} s CPU, "
            f"{1e3 * to_cut:.1f} ms CPU a photo",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--masks", type=int, nargs="+", default=[10, 40])
    parser.add_argument("--draws", type=int, default=20)
    options = parser.parse_args()
    if options.folder is None:
        measure_drawn(options.draws)
    elif not (options.folder / "masks").is_dir():
        raise SystemExit(f"No folder {options.folder / 'masks'}.\n\n{__doc__}")
    else:
        measure_folder(options.folder, options.masks, options.draws)


if __name__ == "__main__":
    main()
