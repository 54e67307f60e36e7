"""Record which kernels are called from Python with which types, so that these are compiled ahead of time.

    python -m tools.kernels.record      writes featkit/_signatures.txt, in about three minutes

Every public image estimator runs with its defaults, and once with each other choice of a parameter, on images of the
usual dtypes, and with its defaults on what background removers and croppers make; every public function of an image
runs on one of each; files with a color profile are read; then the examples of the docstrings. What is not recorded
costs time alone: it is compiled when called.
"""

import contextlib
import doctest
import importlib
import io
import itertools
import pkgutil
import sys
import warnings

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

import featkit
from featkit import BackgroundRemover, ForegroundCropper, find_color_card, read_image
from featkit._compiled.ahead_of_time import name_type
from featkit._numba import Kernel
from featkit._signatures import FILE
from featkit.datasets import make_color_cards, make_sheets
from featkit.preprocessing.color import correct_colors
from featkit.testing._images import check_pictures, with_alpha
from tests.contract.test_contract import IMAGE_ESTIMATORS, REGRESSORS
from tests.contract.test_functions import FUNCTIONS, NEEDED
from tests.io.icc_profiles import ADOBE, gamma_curve, rgb_profile
from tools.compare_versions import output, variants


def batches():
    """Give batches of images in the dtypes that files and scikit-learn's data sets have."""
    photos = check_pictures(6, height=96, width=112)
    gray = photos[..., 1].copy()
    yield from (photos, gray, with_alpha(photos), photos / np.float32(255), gray / np.float32(255), gray / 255)


def run_estimators():
    """Run every estimator of images, with every choice of its parameters."""
    for images in batches():
        for estimator in (*IMAGE_ESTIMATORS, *REGRESSORS):
            for name, variant in variants(estimator):
                print(name, images.dtype, images.shape, file=sys.stderr)
                with contextlib.suppress(Exception):
                    output(variant, images)


def run_chains():
    """Run every estimator with its defaults on what others make: cut out, cropped, of unequal sizes, digits."""
    digits = load_digits().images[:40] / 16
    ink = 255 - (255 * digits.repeat(4, axis=1).repeat(4, axis=2)).astype(np.uint8)
    photos = list(check_pictures(6, height=120, width=160))
    cut_out = [remover.fit_transform(photos) for _, remover in variants(BackgroundRemover())]
    crops = [
        cropper.fit_transform(images)
        for images in cut_out[:2]
        for _, cropper in variants(ForegroundCropper(height=64, width=64))
    ]
    unequal = [photo[: 90 + 4 * index] for index, photo in enumerate(cut_out[0])]
    for images in (digits, digits.astype(np.float32), ink, list(ink), unequal, list(crops[0]), *crops[:2]):
        for estimator in (*IMAGE_ESTIMATORS, *REGRESSORS):
            with contextlib.suppress(Exception):
                output(estimator, images)


def run_scenes():
    """Run background removal and the search for colour cards on drawn images that have sheets and cards."""
    sheets = list(make_sheets(2, height=400, width=500, random_state=0).images)
    cards = list(make_color_cards(2, random_state=0).images)
    for images in (sheets, cards):
        for _, remover in variants(BackgroundRemover()):
            with contextlib.suppress(Exception):
                output(remover, images)
        for image in images:
            with contextlib.suppress(Exception):
                correct_colors(image, find_color_card(image))


def run_functions():
    """Run every function of one image."""
    for images in batches():
        for parameter in FUNCTIONS:
            function = parameter.values[0]
            with contextlib.suppress(Exception):
                function(images[0], **NEEDED.get(function.__name__, {}))


def run_files():
    """Read files whose colors are converted to sRGB."""
    images = [image[0] for image in batches() if image.dtype == np.uint8]
    for image, profile in itertools.product(images, (ADOBE, rgb_profile("ProPhoto", gamma_curve(1.8)))):
        file = io.BytesIO()
        Image.fromarray(image).save(file, "PNG", icc_profile=profile)
        read_image(file.getvalue())


def run_examples():
    """Run the examples of all docstrings."""
    for info in pkgutil.walk_packages(featkit.__path__, "featkit."):
        with contextlib.suppress(ImportError), contextlib.redirect_stdout(io.StringIO()):
            doctest.testmod(importlib.import_module(info.name), optionflags=doctest.ELLIPSIS)


def record(run):
    """Run something and return the kernels that it called, each with the types of its arguments."""
    found = set()
    call = Kernel.__call__

    def call_and_note(kernel, *values, **named):
        types = [name_type(value) for value in kernel.all_values(values, named)]
        if None not in types:
            found.add(" ".join((f"{kernel.__module__}:{kernel.__name__}", *types)))
        return call(kernel, *values, **named)

    Kernel.__call__ = call_and_note
    try:
        run()
    finally:
        Kernel.__call__ = call
    return found


def main():
    """Write the file."""
    warnings.simplefilter("ignore")
    found = record(lambda: (run_files(), run_chains(), run_scenes(), run_functions(), run_examples(), run_estimators()))
    FILE.write_text("".join(f"{line}\n" for line in sorted(found)))
    print(f"{len(found)} specialisations of {len({line.split()[0] for line in found})} kernels in {FILE.name}")


if __name__ == "__main__":
    main()
