"""The first step of a pipeline: `ImageReader`."""

import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any, Self, cast

import numpy as np
from numpy.typing import ArrayLike

from ..base.image_transformer import ImageTransformer, lazy_images_of_batch
from ..exceptions import ImageReadError, ImageReadWarning, LeftOutWarning
from ..image.alpha import join_alpha
from ..image.checks import Image
from ..image.on_demand.lazy_images import LazyImages
from ..parameters import COUNT, INDEX, StrOptions
from .color.color_profiles import COLOR_PROFILE_MODES
from .formats.checks import Decoded, Wanted
from .masks import MASK_KINDS, file_beside, load_mask
from .places import MAX_BYTES
from .reading import MAX_PIXELS, load_image, path_of, what_was_left_out
from .sources import HeldFile, Source, Sources, can_be_read_again, check_sources
from .stacks.channels import Channels, check_channels
from .stacks.page_counts import page_beside
from .stacks.projection import PROJECTIONS

_WAYS_ON = "to go on without it: ImageReader.find_errors names such files, on_error='blank' reads them as blanks"


class ImageReader(ImageTransformer):
    """Read every source of a batch into an image: the first step of a pipeline.

    Parameters
    ----------
    min_size : int or None, default=None
        A JPEG may be decoded at 1/2, 1/4 or 1/8 of its size, which is several times faster, as long as its shorter side
        keeps at least this many pixels. Other formats come in full size. Choose the size of the `Resizer` behind; leave
        it None before what measures in pixels, whose length would differ from file to file (`RegionMeasurements`).
    max_pixels : int, default=100_000_000
        Largest ``height * width``, checked in the header before anything is decoded.
    max_bytes : int, default=1_000_000_000
        Largest file, in bytes: checked before it is read (size on disk, ``Content-Length``) and while it is read.
    page : int or None, default=None
        Page of a TIFF or frame of a GIF, WebP or PNG animation, from 0. None reads the first image that is no
        preview, and warns where there are others.
    color_profile : {"convert", "ignore", "raise"}, default="convert"
        What to do with a color space that is not sRGB, such as Display P3 or Adobe RGB: convert the pixels to sRGB,
        take them as they are, or refuse the file. Without any they are taken for sRGB. See `featkit.read_image`;
        without effect on masks.
    channels : int, str, sequence of three or None, default=None
        One channel, which becomes a gray image, or three of them for red, green and blue (None for a dark one): by
        number, from 0, or by the name that the file gives it, see `channel` of `featkit.read_image`. None reads gray,
        RGB or RGBA.
    projection : {"max", "mean", "sharpest"} or None, default=None
        How the planes of a TIFF stack with an axis Z (OME, ImageJ), or of a TIFF file without named axes, become one
        image: by the largest value of each pixel, by its mean, or by taking the whole plane whose Laplacian varies
        most. `page` counts the images that remain then, such as the times of the stack.
    raw_preview : bool, default=False
        Of a raw file of a camera (CR2, CR3, NEF, ARW, DNG, RAF), read the largest JPEG that the camera stored in it,
        upright; it is often smaller than the photo. False refuses such files, whose mosaic is not developed here.
    as_mask : bool, default=False
        Read the files as masks (silhouettes, label images), as `read_mask` does: bool (height, width), an image that
        is its own foreground.
    mask_pattern : str or None, default=None
        Where the mask of each image is: a path in which ``{folder}``, ``{stem}``, ``{suffix}`` and ``{parent}`` stand
        for the parts of the path of the image (``{parent}/{folder}/{stem}{suffix}`` is the path itself), such as
        ``"{parent}/masks/{stem}.png"`` or ``"{parent}/{folder}/{stem}_mask.*"``, where ``*`` stands for anything.
        The mask is read as `read_mask` does and becomes the alpha channel of the image; to a page of an image belongs
        the same page of a mask file with several. Both are turned upright, each by the orientation in its own file:
        without one, a mask is that of the upright image.
    mask_kind : {"auto", "labels", "soft", "dark"}, default="auto"
        What the values of masks mean, see `read_mask`. Without effect where no masks are read.
    label : int or None, default=None
        The label that is foreground in masks; None takes all but background and void, see `read_mask`. Without effect
        where no masks are read.
    on_error : {"raise", "blank"}, default="raise"
        What to do with a source that cannot be read, or that is missing in its row. ``"blank"`` puts one fully
        transparent pixel in its place, a uint8 array ``(1, 1, 4)`` of zeros (with `as_mask` an empty mask), and
        warns with an `ImageReadWarning` that names the source: no row is lost, and to later steps it is an image
        without foreground (measurements of its region are NaN). `find_errors` tells in advance which sources
        these are.

    See Also
    --------
    featkit.read_image : Read one image.
    featkit.read_mask : Read one mask.
    featkit.list_images : List the images of a folder.

    Notes
    -----
    Stateless: ``fit`` looks at the kinds of the sources but opens none. Mixed sizes, dtypes and kinds of
    source are welcome. Alpha is kept. An array that is no image raises `ImageFormatError` in any case.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> from PIL import Image
    >>> from featkit import ImageReader
    >>> file = io.BytesIO()
    >>> Image.new("RGB", (6, 4)).save(file, "BMP")
    >>> sources = [file.getvalue(), Image.new("L", (5, 5)), np.zeros((4, 4), dtype=np.uint16)]
    >>> [image.shape for image in ImageReader().fit_transform(sources)]
    [(4, 6, 3), (5, 5), (4, 4)]
    """

    parameter_constraints = {
        "min_size": [COUNT, None],
        "max_pixels": [COUNT],
        "max_bytes": [COUNT],
        "page": [INDEX, None],
        "color_profile": [StrOptions(set(COLOR_PROFILE_MODES))],
        "channels": [INDEX, str, list, tuple, np.ndarray, None],
        "projection": [StrOptions(set(PROJECTIONS)), None],
        "raw_preview": ["boolean"],
        "as_mask": ["boolean"],
        "mask_pattern": [str, None],
        "mask_kind": [StrOptions(set(MASK_KINDS))],
        "label": [INDEX, None],
        "on_error": [StrOptions({"raise", "blank"})],
    }

    def __init__(
        self,
        *,
        min_size: int | None = None,
        max_pixels: int = MAX_PIXELS,
        max_bytes: int = MAX_BYTES,
        page: int | None = None,
        color_profile: str = "convert",
        channels: Channels = None,
        projection: str | None = None,
        raw_preview: bool = False,
        as_mask: bool = False,
        mask_pattern: str | None = None,
        mask_kind: str = "auto",
        label: int | None = None,
        on_error: str = "raise",
    ) -> None:
        self.min_size = min_size
        self.max_pixels = max_pixels
        self.max_bytes = max_bytes
        self.page = page
        self.color_profile = color_profile
        self.channels = channels
        self.projection = projection
        self.raw_preview = raw_preview
        self.as_mask = as_mask
        self.mask_pattern = mask_pattern
        self.mask_kind = mask_kind
        self.label = label
        self.on_error = on_error

    def fit(self, X: Sources, y: ArrayLike | None = None) -> Self:
        """Check the parameters and the kinds of the sources; no source is opened.

        Parameters
        ----------
        X : batch of sources
            Paths, bytes, file objects, Pillow images or arrays, see `featkit.read_image`, in a list, array, Series,
            Arrow array or a table of one column. A missing one (None, NaN, empty text) is a source that cannot be
            read.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The same reader.
        """
        self._validate_params()
        check_sources(X)
        return self

    def transform(self, X: Sources) -> Any:
        """Read every source.

        Parameters
        ----------
        X : batch of sources
            See `fit`.

        Returns
        -------
        images : ndarray, list of ndarray, LazyImages or Series
            A stack ``(n_images, height, width[, 3 or 4])`` where all images agree in shape and dtype, else a list.
            Images that would take more than 500 MB together come as `featkit.image.LazyImages`, which reads each one
            when it is asked for: with image steps and an extractor behind, the memory of a Pipeline does not depend on
            their number. Open files and Pillow images are read at once. After ``set_output(transform="pandas")`` a
            Series with the index of X, where X has one.

        Raises
        ------
        ImageReadError
            With ``on_error="raise"``, at the first source that cannot be read; of images that are read on demand, in
            the step that asks for them.

        Warns
        -----
        LeftOutWarning
            Once for each file that holds more pages or frames than the one that was read, or a channel that it
            does not call alpha.
        """
        return self.transform_batch(X)

    def find_errors(self, X: Sources) -> dict[int, ImageReadError]:
        """Try to read every source and collect what fails, e.g. to leave broken files out before a split.

        Parameters
        ----------
        X : batch of sources
            See `fit`.

        Returns
        -------
        errors : dict of int to ImageReadError
            The error of each source that cannot be read, by its index.
        """
        self._validate_params()
        load = self._load()
        errors = {}
        for index, source in enumerate(check_sources(X)):
            try:
                load(source)
            except ImageReadError as error:
                errors[index] = error
        return errors

    def image_transformer(self) -> Callable[[Source], Image]:
        load = self._load()
        said: set[str] = set()  # once for each file

        def read_or_blank(source):
            try:
                image, left_out = load(source)
            except ImageReadError as error:
                if self.on_error == "raise":
                    error.add_note(_WAYS_ON)
                    raise
                warnings.warn(f"A blank stands in for {error}", ImageReadWarning, stacklevel=2)
                return self._blank()
            if left_out and (text := what_was_left_out(source, left_out)) not in said:
                said.add(text)
                warnings.warn(text, LeftOutWarning, stacklevel=2)
            return image

        return read_or_blank

    def read_batch(self, X: Any) -> Any:
        return X if isinstance(X, LazyImages) else check_sources(X)

    def transform_batch(self, X: Any, **metadata: Any) -> Any:
        sources: Any = self.checked_batch(X)
        is_in_memory = isinstance(sources, np.ndarray) and sources.dtype.kind not in "OU"
        if is_in_memory or isinstance(sources, LazyImages) or not all(can_be_read_again(source) for source in sources):
            return super().transform_batch(X, **metadata)
        return lazy_images_of_batch(self, X, LazyImages(cast(Sequence, sources), []), {})

    def _load(self) -> Callable[[Any], Decoded]:
        """The function that reads one source, with the parameters as they are now."""
        if self.as_mask and self.mask_pattern is not None:
            raise ValueError("Expected as_mask=True or a mask_pattern, got both: are the files masks or images?")
        color_profile = "ignore" if self.as_mask else self.color_profile
        channels = check_channels("channels", self.channels)
        if self.as_mask and (channels is not None or self.projection is not None):
            raise ValueError("Expected channels and projection for images, got them with as_mask=True.")
        wanted = Wanted(
            self.min_size,
            self.max_pixels,
            self.page,
            color_profile,
            self.max_bytes,
            channels,
            self.projection,
            self.raw_preview,
        )
        label, mask_kind, pattern = self.label, self.mask_kind, self.mask_pattern
        if self.as_mask:
            return lambda source: load_mask(source, label, mask_kind, wanted)
        if pattern is None:
            return lambda source: load_image(source, wanted)

        mask_wanted = Wanted(None, self.max_pixels, None, max_bytes=self.max_bytes)

        def load_with_mask(source):
            decoded, beside = load_image(source, wanted), _mask_file_of(source, pattern)
            page = page_beside(path_of(source) or "", wanted.page, os.fspath(beside))
            mask, _ = load_mask(beside, label, mask_kind, mask_wanted._replace(page=page))
            return decoded._replace(pixels=_joined(decoded.pixels, mask, beside, path_of(source)))

        return load_with_mask

    def _blank(self) -> Image:
        return np.zeros((1, 1), dtype=bool) if self.as_mask else np.zeros((1, 1, 4), dtype=np.uint8)


def _mask_file_of(source: Any, pattern: str) -> str:
    path = path_of(source)
    if path is None:
        raise ImageReadError(f"Expected a path, which mask_pattern makes another of, got {type(source).__name__}.")
    beside = file_beside(path, pattern)
    return source.beside.get(beside, beside) if isinstance(source, HeldFile) else beside


def _joined(image: Image, mask: np.ndarray, beside: str, path: str | None) -> Image:
    if mask.shape != image.shape[:2]:
        cure = "Scale it first; with min_size the image may have become smaller."
        if mask.shape == image.shape[1::-1]:
            cure = "Drawn on the pixels as stored, before the EXIF of the photo turned it upright? Turn the mask, too."
        raise ImageReadError(
            f"{beside}: expected a mask as large as {path}, {image.shape[:2]}, got {mask.shape}. {cure}", beside
        )
    return join_alpha(image if image.ndim == 2 else image[..., :3], mask)
