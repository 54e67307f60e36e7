"""Error and speed of the landmark predictor, stage by stage, on a folder of photos with known points.

    python tests/performance/measure_predictor.py FOLDER   # images/ and landmarks.csv with 68 points a face

Trains on 100 faces and tests on the others; the whole image is the box.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np

from featkit import LandmarkPredictor, read_image
from featkit.faces.landmarks import FACE_MIRROR, normalized_mean_error


def read_landmarks(folder):
    with Path(folder, "landmarks.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    images = [read_image(Path(folder, "images", row[0])) for row in rows]
    return images, np.array([row[1:] for row in rows], dtype=np.float64)


def split(n_images, n_train):
    order = np.random.default_rng(0).permutation(n_images)
    return order[:n_train], order[n_train:]


def milliseconds(predict, pictures):
    """Median CPU time of one image."""
    spent = []
    for picture in pictures:
        start = time.thread_time()
        predict([picture])
        spent.append(time.thread_time() - start)
    return 1000 * np.median(spent)


def measure_predictor(images, points, n_train):
    """Error over the distance of the outer corners of the eyes, by method and number of stages, and cost of a pass."""
    train, test = split(len(images), n_train)
    truth, pictures = points[test], [images[index] for index in test]
    print(f"{n_train} faces to train, {len(test)} to test")
    found = {}
    for method, n_stages in [*(("sdm", n_stages) for n_stages in range(1, 7)), ("ert", None), ("both", None)]:
        predictor = LandmarkPredictor(
            method=method, n_stages=n_stages, mirror=FACE_MIRROR, unit=(36, 45), random_state=0
        )
        start = time.process_time()
        predictor.fit([images[index] for index in train], points[train])
        seconds = time.process_time() - start
        if n_stages == 1:
            sides = np.array([[*image.shape[:2]] * 68 for image in pictures])
            mean = predictor.mean_shape_.ravel() * np.sqrt(sides[:, :1] * sides[:, 1:2]) + (sides - 1) / 2
            print(f"  mean shape: {percent(truth, mean)}")
        found[method] = predictor.predict(pictures)
        spent = milliseconds(predictor.predict, pictures)
        stages = f", {n_stages} stages" if n_stages else ""
        print(f"  {method}{stages}: {percent(truth, found[method])}, {spent:.1f} ms a face, trained in {seconds:.0f} s")
    print(f"  mean of sdm and ert alone: {percent(truth, (found['sdm'] + found['ert']) / 2)}")
    confidence = predictor.predict(pictures, return_confidence=True)[1].ravel()
    off = np.hypot(*(truth - found["both"]).reshape(-1, 2).T) / np.repeat(np.hypot(*outer_corners(truth).T), 68)
    order = np.argsort(confidence)
    least, most = order[: len(order) // 4], order[-len(order) // 4 :]
    print(
        f"  points of the least confident quarter {100 * off[least].mean():.2f} %, of the most confident "
        f"{100 * off[most].mean():.2f} % off",
        flush=True,
    )


def outer_corners(truth):
    """Vectors from the left outer corner of the eyes to the right one."""
    points = truth.reshape(len(truth), -1, 2)
    return points[:, 45] - points[:, 36]


def percent(truth, found):
    error = 100 * normalized_mean_error(truth, found, unit=(36, 45))
    return f"{error.mean():.2f} % (median {np.median(error):.2f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="images/ and landmarks.csv (image, row_00, col_00, ...)")
    measure_predictor(*read_landmarks(parser.parse_args().folder), n_train=100)


if __name__ == "__main__":
    main()
