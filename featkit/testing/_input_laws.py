"""Laws of the input: what must be accepted, what must make no difference, what must be refused."""

import re
from functools import partial
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags

from ..exceptions import ImageFormatError, ImageReadError
from ..image.alpha import split_alpha
from ..image.conversions import to_float
from ._images import as_gray, as_masks, bad_batches, cut_out, hard_images, of_unequal_sizes, with_alpha, with_whole_luma
from ._outcomes import (
    LEVEL,
    ROW_TOLERANCE,
    Output,
    are_images,
    assert_complete,
    assert_raises,
    assert_same,
    fitted_clone,
    is_composition,
    output_of,
    predicts,
    row_or_image_error,
)


def check_stack_and_list(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """The same images as a stack, list, tuple and object array give the same output."""
    for kind, batch in (("RGB", images), ("RGBA", with_alpha(images))):
        fitted = fitted_clone(estimator, batch, y)
        expected = output_of(fitted, batch)
        objects = np.empty(len(batch), dtype=object)
        objects[:] = list(batch)
        for container in (list(batch), tuple(batch), objects):
            what = f"{kind} images in a {type(container).__name__} and in a stack"
            assert_same(estimator, output_of(fitted, container), expected, what)
            assert_same(estimator, output_of(fitted_clone(estimator, container, y), batch), expected, f"fit on {what}")


def check_input_untouched(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """Fit and transform write to no image and work on read-only memory maps, as workers get them."""
    kinds = [images, with_alpha(images), as_gray(images), to_float(images), images / 255]
    for batch in kinds:
        before = batch.copy()
        for container in (batch, list(batch)):
            output_of(fitted_clone(estimator, container, y), container)
            assert np.array_equal(batch, before), f"{batch.dtype} images {batch.shape} were written to"
        with TemporaryDirectory() as folder:
            np.save(f"{folder}/batch.npy", batch)
            mapped = np.load(f"{folder}/batch.npy", mmap_mode="r")
            expected = output_of(fitted_clone(estimator, batch, y), batch)
            found = output_of(fitted_clone(estimator, mapped, y), mapped)
            assert_same(estimator, found, expected, f"{batch.dtype} images {batch.shape} mapped from a file and not")
            del mapped, found  # a mapped file cannot be deleted everywhere


def check_memory_layout(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """Views, transposed, Fortran-ordered and byte-swapped arrays give the same output as contiguous copies."""
    fitted = fitted_clone(estimator, images, y)
    expected, expected_of_list = output_of(fitted, images), output_of(fitted, list(images))
    wide = np.repeat(np.repeat(images, 2, axis=1), 2, axis=2)
    layouts = {
        "every second pixel of larger images": wide[:, ::2, ::2],
        "images flipped twice": np.ascontiguousarray(images[:, ::-1, ::-1])[:, ::-1, ::-1],
        "Fortran-ordered stack": np.asfortranarray(images),
    }
    for what, batch in layouts.items():
        assert_same(estimator, output_of(fitted, batch), expected, what, tolerance=LEVEL / 255)
    found = output_of(fitted, [np.asfortranarray(image) for image in images])
    assert_same(estimator, found, expected_of_list, "Fortran-ordered images", tolerance=LEVEL / 255)
    for same in (images.astype(np.uint16) * 257, to_float(images)):
        swapped = same.astype(same.dtype.newbyteorder())
        what = f"{same.dtype} images with bytes swapped"
        assert_same(estimator, output_of(fitted, swapped), output_of(fitted, same), what, tolerance=LEVEL / 255)


def check_dtypes(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """uint8, uint16, float32 and float64 of the same image give the same output, as they do after `to_float`.

    Rows may differ by 1e-4 of the largest value of their column (or by 1e-6), images by one level in 255. The
    images leave no excuse: their luma is a whole number and their alpha 0 or 255, so that neither has to be
    rounded. In a composition steps may round what others build upon: outputs need to be alike in the mean, to a tenth.
    """
    exact = with_whole_luma(images)
    for kind, batch in (("RGB", exact), ("RGBA", cut_out(exact)), ("gray", as_gray(images))):
        fitted = fitted_clone(estimator, batch, y)
        expected = output_of(fitted, batch)
        tolerance = 1.01 * LEVEL if are_images(expected) else ROW_TOLERANCE
        for same in (batch.astype(np.uint16) * 257, to_float(batch), batch / 255):
            what = f"{kind} as {same.dtype} and as {batch.dtype}"
            if is_composition(estimator):
                _assert_alike(output_of(fitted, same), expected, what)
            else:
                assert_same(estimator, output_of(fitted, same), expected, what, tolerance=tolerance)


def _assert_alike(found: Output, expected: Output, what: str) -> None:
    if not are_images(expected) and np.asarray(expected).dtype.kind != "f":
        agreement = np.mean(np.asarray(found) == np.asarray(expected))
        assert agreement >= 0.75, f"{what}: only {agreement:.0%} of the predictions agree"
        return
    for one, other in zip(found, expected):
        if are_images(expected):
            one, other = to_float(one), to_float(other)
        difference, size = np.nansum(np.abs(one - other)), np.nansum(np.abs(other))
        assert difference <= 0.1 * size, f"{what}: differ by {difference:g} in a sum of {size:g}"


def check_image_kinds(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """Gray, RGB and RGBA images are accepted, in a batch of their own and in a mixed one of equal sizes."""
    gray, rgba = as_gray(images), with_alpha(images)
    for what, batch in {"gray": gray, "RGB": images, "RGBA": rgba}.items():
        assert_complete(output_of(fitted_clone(estimator, batch, y), batch), len(batch), f"{what} images")
    mixed = [(gray, images, rgba)[index % 3][index] for index in range(len(images))]
    row_or_image_error(estimator, partial(fitted_clone, estimator, mixed, y), mixed, "gray, RGB and RGBA mixed")


def check_masks(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """Boolean masks are accepted: a mask is its own foreground."""
    masks = as_masks(images)
    before = masks.copy()
    masks.setflags(write=False)
    for batch in (masks, list(masks), list(before.copy())):
        assert_complete(output_of(fitted_clone(estimator, batch, y), batch), len(batch), "masks")
        assert np.array_equal(batch, before), "masks were written to"


def check_sizes(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """Images of unequal sizes are accepted where length and names do not wait for fit, else an ImageFormatError."""
    ragged = of_unequal_sizes(images)
    fitted = row_or_image_error(estimator, partial(fitted_clone, estimator, ragged, y), ragged, "unequal sizes")
    if fitted is None:
        own = not is_composition(estimator) and not predicts(estimator)
        must = own and not get_tags(estimator).requires_fit and _knows_its_names(estimator, images, y)
        assert not must, "unequal sizes must be accepted by an estimator whose columns do not depend on the size"
    smaller = images[:, 2:, 3:].copy()
    fitted = row_or_image_error(
        estimator, partial(fitted_clone, estimator, images, y), smaller, "another size than in fit"
    )
    if fitted and not predicts(estimator) and not are_images(output := output_of(fitted, smaller)):
        n_columns, n_before = len(output[0]), len(output_of(fitted, images)[0])
        assert n_columns == n_before, f"{n_columns} columns for another size than in fit, {n_before} before"


def _knows_its_names(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> bool:
    if are_images(output_of(fitted_clone(estimator, images, y), images)):
        return True
    try:
        clone(estimator).get_feature_names_out()
    except NotFittedError:
        return False
    return True


def check_hard_images(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """Images with next to nothing in them give a row or an ImageFormatError, never another error or a warning."""
    fitted = fitted_clone(estimator, images, y)
    learns = is_composition(estimator) or predicts(estimator) or get_tags(estimator).requires_fit
    for what, image in hard_images(images[0]).items():
        if not learns:
            row_or_image_error(
                estimator, partial(fitted_clone, estimator, [image], y[:1]), [image], f"{what} image in fit"
            )
        row_or_image_error(estimator, lambda: fitted, [image], f"{what} image")


def check_bad_batches(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """What is no batch of images gives an ImageFormatError in fit and in transform (a missing file: ImageReadError)."""
    errors = (ImageFormatError, ImageReadError)
    fitted = fitted_clone(estimator, images, y)
    for what, batch in bad_batches(images).items():
        error = assert_raises(errors, partial(output_of, fitted, batch), what)
        if isinstance(error, ImageReadError):
            continue  # a reader need not open files in fit
        batch = bad_batches(images)[what]  # a generator serves once
        assert_raises(errors, partial(clone(estimator).fit, batch, y), f"{what} in fit")


def check_error_names_image(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """The error about a bad image tells which one it is, in a note."""
    batch = list(images)
    batch[2] = batch[2].astype(np.int64)
    fitted = fitted_clone(estimator, images, y)
    error = assert_raises((ImageFormatError,), partial(output_of, fitted, batch), "int64 image")
    told = f"{error} {getattr(error, '__notes__', '')}"
    assert re.search(r"\bimage 2\b", told), f"the error does not say 'image 2': {told}"


def check_transparent_pixels(estimator: BaseEstimator, images: np.ndarray, y: np.ndarray) -> None:
    """The colour under alpha 0 does not matter, bit for bit: `flatten_alpha` hides it, `foreground_mask` tells it."""
    pictures = with_alpha(images)
    repainted = pictures.copy()
    hidden = pictures[..., 3] == 0
    repainted[..., :3][hidden] = np.random.default_rng(0).integers(0, 256, (np.count_nonzero(hidden), 3))
    fitted = fitted_clone(estimator, pictures, y)
    refitted = fitted_clone(estimator, repainted, y)
    expected = _visible(output_of(fitted, pictures))
    assert_same(estimator, _visible(output_of(fitted, repainted)), expected, "other colours under alpha 0")
    assert_same(estimator, _visible(output_of(refitted, pictures)), expected, "other colours under alpha 0 in fit")


def _visible(output: Output) -> Output:
    if not are_images(output):
        return output
    shown = []
    for image in output:
        color, alpha = split_alpha(image)
        if alpha is not None and color.dtype.kind != "b":
            image = np.where(alpha[..., np.newaxis] == 0, 0, image).astype(image.dtype)
        shown.append(image)
    return shown
