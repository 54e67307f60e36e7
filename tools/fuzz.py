"""Fuzz the reading of files, or the public image steps, under coverage guidance; what breaks is kept as a file.

    python tools/fuzz.py reading --seconds 600
    NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=/tmp/checked python tools/fuzz.py features --seconds 600

An error of featkit's own is a right answer; anything else stops the run and leaves its input in ``fuzz/``: mend the
cause, and hold the mended check by a test with harmless input. Where another library ends the process, keep the input
out of the project, report it to its authors in private, and refuse such files before that library sees them. With
NUMBA_BOUNDSCHECK=1 a kernel that leaves its array is an error too.
Needs atheris (``pip install atheris``).
"""

import argparse
import contextlib
import io
import sys
from pathlib import Path

import atheris
import numpy as np

with atheris.instrument_imports(include=["tifffile", "PIL"]):  # not featkit: an instrumented kernel does not compile
    from PIL import Image

    import featkit
    from featkit.io.formats import decoding
    from featkit.testing import check_pictures

atheris.instrument_func(decoding.decode_image)

MAX_PIXELS = 100_000
SKIPPED = {"ImageReader", "ImageTransformer", "FeatureExtractor", "Corrupter", "ForegroundClassifier"}
KINDS = {
    "uint8": lambda image: image,
    "uint16": lambda image: image.astype(np.uint16) * 257,
    "float32": lambda image: image / np.float32(255),
    "bool": lambda image: (image if image.ndim < 4 else image[..., 0]) > 127,
}


def sample_files(folder):
    """Small valid files of every format, from which the fuzzer starts."""
    rng = np.random.default_rng(0)
    gray, color = rng.integers(256, size=(9, 7), dtype=np.uint8), rng.integers(256, size=(9, 7, 4), dtype=np.uint8)
    pictures = {"L": Image.fromarray(gray), "RGB": Image.fromarray(color[..., :3]), "RGBA": Image.fromarray(color)}
    pictures["P"] = pictures["RGB"].convert("P")
    pictures["1"] = pictures["L"].convert("1")
    pictures["CMYK"] = pictures["RGB"].convert("CMYK")
    pictures["I;16"] = Image.fromarray(gray.astype(np.uint16) * 257)
    folder.mkdir(parents=True, exist_ok=True)
    for mode, picture in pictures.items():
        for kind in ("png", "jpeg", "tiff", "webp", "gif", "bmp", "ppm"):
            buffer = io.BytesIO()
            try:
                picture.save(buffer, format=kind)
            except (OSError, KeyError, ValueError):
                continue  # this format does not hold this mode
            (folder / f"{mode.replace(';', '')}.{kind}").write_bytes(buffer.getvalue())


def read(data):
    """One file: an image or an error that is featkit's."""
    try:
        featkit.check_image(featkit.read_image(data, max_pixels=MAX_PIXELS))
    except featkit.exceptions.ImageReadError:
        return


@atheris.instrument_func
def drawn_image(provider):
    """An image of any kind out of the fuzzer's bytes."""
    height, width = provider.ConsumeIntInRange(1, 40), provider.ConsumeIntInRange(1, 40)
    planes = provider.PickValueInList([(), (3,), (4,)])
    kind = provider.PickValueInList(list(KINDS))
    shape = (height, width, *(planes if kind != "bool" else ()))
    image = np.resize(np.frombuffer(provider.ConsumeBytes(4096) or b"\0", np.uint8), shape)
    return KINDS[kind](image)


def steps_of(family):
    """Fitted public estimators of one folder of featkit."""
    pictures = check_pictures()
    for name in sorted(featkit.__all__):
        item = getattr(featkit, name)
        if not isinstance(item, type) or name in SKIPPED or f"featkit.{family}" not in item.__module__:
            continue
        if issubclass(item, (featkit.ImageTransformer, featkit.FeatureExtractor)):
            size = {"height": 32, "width": 40} if name in ("Resizer", "CenterCropper", "ForegroundCropper") else {}
            estimator = item(**size).fit(pictures, np.arange(len(pictures)) % 2)
            for convert in KINDS.values():  # compiled before the clock of the first input runs
                with contextlib.suppress(featkit.exceptions.FeatkitError):
                    estimator.transform(convert(pictures))
            yield estimator


def transform_with(estimators):
    """Function of the fuzzer's bytes: one image through one of the estimators."""

    def run(data):
        provider = atheris.FuzzedDataProvider(data)
        estimator = estimators[provider.ConsumeIntInRange(0, len(estimators) - 1)]
        image = drawn_image(provider)
        try:
            result = estimator.transform([image])
        except featkit.exceptions.FeatkitError:
            return
        if isinstance(estimator, featkit.ImageTransformer):
            featkit.check_image(result[0])
        elif np.isinf(result).any():
            raise AssertionError(f"{estimator} gives an infinite value")

    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=["reading", "features", "preprocessing"])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--corpus", type=Path, default=Path("fuzz"), help="folder of inputs (default: fuzz)")
    options = parser.parse_args()
    corpus = options.corpus / options.target
    sample_files(corpus)
    run = read if options.target == "reading" else transform_with(list(steps_of(options.target)))
    limits = [f"-max_total_time={options.seconds}", "-rss_limit_mb=4000", "-timeout=60", "-max_len=8000"]
    atheris.Setup([sys.argv[0], str(corpus), f"-artifact_prefix={options.corpus}/", *limits], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
