"""Fuzz the reading of files, raw files, color profiles, or the public image steps, under coverage guidance.

    python -m tools.fuzz reading --seconds 600
    python -m tools.fuzz raw --seconds 600
    python -m tools.fuzz profiles --seconds 600
    NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=/tmp/checked python -m tools.fuzz features --seconds 600

What breaks is kept as a file. ``--formats PNG JPEG`` begins with files of these alone, for a decoder that is new.

An error of featkit's own is a right answer; anything else stops the run and leaves its input in ``fuzz/``: mend the
cause, and hold the mended check by a test with harmless input. Where another library ends the process, keep the input
out of the project, report it to its authors in private, and refuse such files before that library sees them. With
NUMBA_BOUNDSCHECK=1 a kernel that leaves its array is an error too.
Needs atheris (``pip install atheris``).
"""

import argparse
import contextlib
import functools
import sys
import warnings
from pathlib import Path

import atheris
import numpy as np

INSTRUMENTED = ["tifffile", "PIL", "featkit.io.formats", "featkit.io.color"]
KERNELS = ["featkit.io.color._matrix_tables"]  # an instrumented kernel does not compile
with atheris.instrument_imports(include=INSTRUMENTED, exclude=KERNELS):
    import featkit
    from featkit.io.color.color_profiles import ink_to_srgb, to_srgb
    from featkit.testing import check_pictures
    from tests.io.corpus import samples
    from tests.io.formats.raw.test_previews import FILES as RAW_FILES
    from tests.io.icc_profiles import ADOBE, GRAY_18, P3, SRGB_CURVE, written

MAX_PIXELS = 100_000
SKIPPED = {"ImageReader", "ImageTransformer", "FeatureExtractor", "Corrupter", "ForegroundClassifier"}
KINDS = {
    "uint8": lambda image: image,
    "uint16": lambda image: image.astype(np.uint16) * 257,
    "float32": lambda image: image / np.float32(255),
    "bool": lambda image: (image if image.ndim < 4 else image[..., 0]) > 127,
}


def sample_files(folder, formats):
    """Small valid files, from which the fuzzer starts."""
    for number, sample in enumerate(samples()):
        if not formats or sample.file_format in formats:
            (folder / f"sample {number}").write_bytes(sample.content)


def sample_raw_files(folder):
    """Raw files of cameras."""
    for name, write in RAW_FILES.items():
        (folder / name).write_bytes(write())


def sample_profiles(folder):
    """Color profiles of matrices and of gray curves."""
    lightness = written(b"GRAY", {b"kTRC": SRGB_CURVE}, pcs=b"Lab ")
    for number, profile in enumerate((P3, ADOBE, GRAY_18, lightness)):
        (folder / f"sample {number}").write_bytes(profile)


def read(data, raw_preview=False):
    """One file: an image or an error that is featkit's."""
    try:
        featkit.check_image(featkit.read_image(data, max_pixels=MAX_PIXELS, raw_preview=raw_preview))
    except featkit.exceptions.ImageReadError:
        return


RAMP = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)


def convert(data):
    """One color profile: pixels of every kind in sRGB, of the shape and dtype that came."""
    for pixels in (RAMP, RAMP[..., 0], RAMP.astype(np.uint16) * 257, RAMP / np.float32(255)):
        converted = to_srgb(pixels, data, "convert")
        if converted.shape != pixels.shape or converted.dtype != pixels.dtype:
            raise AssertionError(f"{pixels.shape} {pixels.dtype} became {converted.shape} {converted.dtype}")
        featkit.check_image(converted)
    featkit.check_image(ink_to_srgb(np.dstack([RAMP, RAMP[..., 0]]), data, "convert"))


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
    parser.add_argument("target", choices=["reading", "raw", "profiles", "features", "preprocessing"])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--corpus", type=Path, default=Path("fuzz"), help="folder of inputs (default: fuzz)")
    parser.add_argument("--formats", nargs="*", help="of the files that reading begins with (default: all)")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    corpus = options.corpus / options.target
    corpus.mkdir(parents=True, exist_ok=True)
    if options.target == "reading":
        sample_files(corpus, options.formats)
        run = read
    elif options.target == "raw":
        sample_raw_files(corpus)
        run = functools.partial(read, raw_preview=True)
    elif options.target == "profiles":
        sample_profiles(corpus)
        run = convert
    else:
        run = transform_with(list(steps_of(options.target)))
    limits = [f"-max_total_time={options.seconds}", "-rss_limit_mb=4000", "-timeout=60", "-max_len=8000"]
    atheris.Setup([sys.argv[0], str(corpus), f"-artifact_prefix={options.corpus}/", *limits], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
