"""What the machinery costs against a bare loop over the same files and features, by CPU time.

    python tests/performance/bench_machinery.py

At 640 x 480 (JPEGs, HOG and a colour histogram of the whole image) and at 28 x 28 (PNGs, HOG): a Pipeline behind
`ChunkedTransformer`, and `extract_to_parquet` into a dataset. The bare loop reads and describes one file after the
other by featkit's functions and stacks the rows; the dataset is compared with the loop that then writes its rows and
paths to one Parquet file, by pyarrow with its defaults but for dictionaries. Least of several rounds, all in turn;
every way gives the same rows.
"""

import argparse
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet
from sklearn.pipeline import make_pipeline, make_union

from featkit import HOG, ChunkedTransformer, ColorHistogram, ImageReader, extract_to_parquet, read_image
from featkit.features.color.color_histogram import color_histogram
from featkit.features.gradients.hog import hog

AGAINST = {"bare loop": "bare loop", "loop to file": "bare loop", "chunks": "bare loop", "dataset": "loop to file"}


def write_images(folder, n_images, height, width, suffix):
    """Smooth colour noise in files."""
    rng = np.random.default_rng(0)
    for index in range(n_images):
        small = rng.integers(0, 256, (max(2, height // 16), max(2, width // 16), 3), dtype=np.uint8)
        cv2.imwrite(str(folder / f"{index:05}{suffix}"), cv2.resize(small, (width, height)))
    return [str(path) for path in sorted(folder.iterdir())]


def large_row(path):
    image = read_image(path)
    return np.concatenate([hog(image, pixels_per_cell=(80, 80)), color_histogram(image)])


def small_row(path):
    return hog(read_image(path), pixels_per_cell=(7, 7), cells_per_block=(1, 1))


SIZES = {
    "640 x 480": (480, 640, ".jpg", large_row, make_union(HOG(pixels_per_cell=(80, 80)), ColorHistogram())),
    "28 x 28": (28, 28, ".png", small_row, HOG(pixels_per_cell=(7, 7), cells_per_block=(1, 1))),
}


def measured(paths, row_of, features, rounds):
    """Least CPU seconds of each way."""
    chain = make_pipeline(ImageReader(), features)
    chunked = ChunkedTransformer(chain).fit(paths)
    names = chunked.get_feature_names_out().tolist()
    least = dict.fromkeys(AGAINST, np.inf)
    for _ in range(rounds):
        for way in AGAINST:
            with tempfile.TemporaryDirectory() as out:
                start = time.process_time()
                if way in ("bare loop", "loop to file"):
                    rows = expected = np.stack([row_of(path) for path in paths])
                    if way == "loop to file":
                        table = pyarrow.table([paths, *np.float32(rows.T)], names=["path", *names])
                        pyarrow.parquet.write_table(table, f"{out}/rows.parquet", use_dictionary=False)
                elif way == "chunks":
                    rows = chunked.transform(paths)
                else:
                    extract_to_parquet(chain, paths, out, progress=False)
                least[way] = min(least[way], time.process_time() - start)
                if way == "dataset":
                    rows = pd.read_parquet(out).iloc[:, 3:].to_numpy()
            assert np.array_equal(np.float32(rows), np.float32(expected)), way
    return least


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for size, (height, width, suffix, row_of, features) in SIZES.items():
        n_images = options.images * (10 if height < 100 else 1)
        with tempfile.TemporaryDirectory() as folder:
            paths = write_images(Path(folder), n_images, height, width, suffix)
            least = measured(paths, row_of, features, options.rounds)
        for way, seconds in least.items():
            more = 100 * (seconds / least[AGAINST[way]] - 1)
            told = f"{1e6 * seconds / n_images:8.0f} us an image, {more:+6.1f} % of the {AGAINST[way]}"
            print(f"{size:>10} {way:>12}: {told}")


if __name__ == "__main__":
    main()
