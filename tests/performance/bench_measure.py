"""Time of measuring photos beside decoding them and removing their background; run as a script.

    python tests/performance/bench_measure.py [--photos 6] [--scale coin] [--profile]

Draws photos of 12 megapixels, writes them as JPEG, and prints CPU seconds per photo on one thread: decoding,
`BackgroundRemover`, `measure_to_file` without and with check pictures, and the ratio of measuring to decoding and
background removal.
"""

import argparse
import cProfile
import pstats
import tempfile
import time
import warnings
from pathlib import Path

import cv2

from featkit import BackgroundRemover, measure_to_file, read_image
from featkit.datasets import make_sheets


def seconds_of(function, rounds=3):
    """Least CPU seconds of a call; the first compiles."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)


def main():
    """Print the times and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=6)
    parser.add_argument("--scale", default="coin")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        photos = Path(folder) / "photos"
        photos.mkdir()
        sizes = []
        for number in range(options.photos):
            sheet = make_sheets(1, scale=options.scale, height=3000, width=4000, random_state=number)
            cv2.imwrite(str(photos / f"{number}.jpg"), sheet.images[0][..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
            sizes.append(sheet.size[0])
        paths = sorted(map(str, photos.glob("*.jpg")))
        kind = {"tags": "tag"}.get(options.scale, options.scale)
        specs = ["sheet:210x297" if kind == "sheet" else f"{kind}:{size}" for size in sizes]
        remover = BackgroundRemover()

        def decode():
            for path in paths:
                read_image(path)

        def decode_and_remove():
            for path in paths:
                remover.transform([read_image(path)])

        def measure(pictures=None):
            for number, (path, spec) in enumerate(zip(paths, specs)):
                out = Path(folder) / f"{number}.csv"
                (out.parent / f".{out.name}.journal").unlink(missing_ok=True)
                measure_to_file([path], out, scale=spec, check_pictures=pictures, progress=False)

        times = [seconds_of(decode), seconds_of(decode_and_remove), seconds_of(measure)]
        times.append(seconds_of(lambda: measure(Path(folder) / "checks")))
        per_photo = [value / len(paths) for value in times]
        print(
            f"{options.scale}, 12 MP: decoding {per_photo[0]:.3f} s, with background removal {per_photo[1]:.3f} s, "
            f"measuring {per_photo[2]:.3f} s, with check pictures {per_photo[3]:.3f} s; "
            f"ratio {per_photo[2] / per_photo[1]:.2f}, {per_photo[3] / per_photo[1]:.2f}"
        )
        if options.profile:
            profile = cProfile.Profile()
            profile.runcall(measure, Path(folder) / "checks")
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
