"""TIFF files as stacks of planes with axes (OME, ImageJ, plain pages): channels are chosen, planes projected."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree

import numpy as np

from ...exceptions import ImageReadError
from ..formats._tiff_pages import ChosenPage, check_chain, whole_page
from ..formats.checks import Decoded, Wanted, only_read, truncated
from ..formats.pixels import full_range
from .channels import channel_positions, combined, select_channels
from .projection import project

if TYPE_CHECKING:
    import tifffile

_CHANNEL, _DEPTH = "C", "Z"
_UNNAMED = "IQ"  # axes of pages of which the file does not say what they are
_GDAL_METADATA = 42112  # tag


class _Stack(NamedTuple):
    """Planes of a file in the order of its axes, such as TCZ, and what its channels are called."""

    axes: str
    sizes: tuple[int, ...]
    planes: Callable[[int], Decoded]
    n_series: int


def read_stack(
    data: bytes,
    file: tifffile.TiffFile,
    wanted: Wanted,
    read_page: Callable[[ChosenPage], Decoded],
    read_samples: Callable[[tifffile.TiffPage], np.ndarray | None],
) -> Decoded:
    """Read chosen channels of a TIFF file, project its depth, or both.

    Parameters
    ----------
    data : bytes
        Content of the file.
    file : TiffFile
        The same, opened.
    wanted : Wanted
        With a channel, a projection or both; the page counts what remains beside them.
    read_page : callable
        Gives the image of a page.
    read_samples : callable
        Gives all channels (height, width, n_channels) of a page that is no gray, RGB or RGBA image, else None.

    Returns
    -------
    decoded : Decoded
    """
    stack = _stack_of(data, file, read_page)
    names = channel_names(file)
    along_channels = _CHANNEL in stack.axes and wanted.channel is not None
    depth = _depth_axis(stack, wanted.projection)
    rest = [n for n, axis in enumerate(stack.axes) if not (axis == _CHANNEL and along_channels) and n != depth]
    n_images = int(np.prod([stack.sizes[n] for n in rest]))
    number = wanted.page or 0
    if number >= n_images:
        raise ImageReadError(
            f"expected a page below {n_images}, the number of images that remain beside channels and projection "
            f"(axes {stack.axes}YX, sizes {stack.sizes}), got {number}."
        )
    place = {}
    if rest:
        indices = np.unravel_index(number, [stack.sizes[n] for n in rest])
        place = {n: int(index) for n, index in zip(rest, indices)}

    def plane(at_depth: int, at_channel: int | None) -> np.ndarray:
        chosen: dict[int, int] = {**place, **({} if depth is None else {depth: at_depth})}
        if at_channel is not None:
            chosen[stack.axes.index(_CHANNEL)] = at_channel
        index = [int(chosen[n]) for n in range(len(stack.axes))]
        flat = int(np.ravel_multi_index(index, stack.sizes)) if index else 0
        return stack.planes(flat).pixels

    def image(at_depth: int) -> np.ndarray:
        if wanted.channel is None:
            return plane(at_depth, None)
        if along_channels:
            n_channels = stack.sizes[stack.axes.index(_CHANNEL)]
            positions = channel_positions(wanted.channel, n_channels, names if len(names) <= n_channels else ())
            return combined([None if at is None else plane(at_depth, at) for at in positions])
        samples = None if stack.axes else read_samples(whole_page(file.series[0].keyframe))
        if samples is None:
            return select_channels(plane(at_depth, None), wanted.channel)
        return select_channels(samples, wanted.channel, names if len(names) <= samples.shape[2] else ())

    n_planes = 1 if depth is None else stack.sizes[depth]
    pixels = project(map(image, range(n_planes)), wanted.projection) if wanted.projection else image(0)
    left_out = []
    if wanted.page is None and n_images > 1:
        axes = "".join(stack.axes[n] for n in rest)
        left_out.append(only_read(f"the first of {n_images} images (axes {axes})"))
    if stack.n_series > 1:
        left_out.append(f"only the first of its {stack.n_series} series was read.")
    return Decoded(pixels, " ".join(left_out))


def _depth_axis(stack: _Stack, projection: str | None) -> int | None:
    """Place of the axis to project."""
    if projection is None:
        return None
    if _DEPTH in stack.axes:
        return stack.axes.index(_DEPTH)
    if len(stack.axes) == 1 and stack.axes in _UNNAMED:
        return 0
    raise ImageReadError(
        f"expected a stack with an axis Z to project, got one with the axes {stack.axes}YX. Leave projection=None."
    )


def _stack_of(data: bytes, file: tifffile.TiffFile, read_page: Callable[[ChosenPage], Decoded]) -> _Stack:
    check_chain(file)
    series = file.series[0]
    page = whole_page(series.keyframe)
    axes = series.axes.removesuffix(page.axes)
    if len(axes) + len(page.axes) != len(series.axes):
        raise ImageReadError(
            f"expected a stack of pages, got the axes {series.axes} of pages {page.axes}. Read it with tifffile, and "
            "pass the array."
        )
    sizes = tuple(int(size) for size in series.shape[: len(axes)])
    n_planes, pages = int(np.prod(sizes)), series.pages
    if len(pages) == n_planes:

        def of_page(flat: int) -> Decoded:
            found = pages[flat]
            if found is None:
                raise ImageReadError(
                    "expected all planes of the stack in one file, some are missing or lie in other files. Read it "
                    "with tifffile, and pass the array."
                )
            return read_page(ChosenPage(whole_page(found), found.index, ""))

        return _Stack(axes, sizes, of_page, len(file.series))
    if series.dataoffset is None or page.dtype is None or page.axes != "YX" or page.bitspersample not in (8, 16, 32):
        raise ImageReadError(
            f"expected a page for each of {n_planes} planes, got {len(pages)}. Read it with tifffile, and pass the "
            "array."
        )
    dtype = page.dtype.newbyteorder(file.byteorder)
    n_pixels, start = int(page.imagewidth * page.imagelength), int(series.dataoffset)
    read_page(ChosenPage(page, page.index, ""))  # with all its checks

    def of_block(flat: int) -> Decoded:
        """One plane of those that ImageJ writes behind a single page."""
        offset = start + flat * n_pixels * dtype.itemsize
        if offset + n_pixels * dtype.itemsize > len(data):
            raise truncated("TIFF", data, f"plane {flat} of {n_planes}")
        plane = np.frombuffer(data, dtype, n_pixels, offset).reshape(page.shape).astype(dtype.newbyteorder("="))
        return Decoded(full_range(plane, page.bitspersample) if plane.dtype.kind == "u" else plane)

    return _Stack(axes, sizes, of_block, len(file.series))


def channel_names(file: tifffile.TiffFile) -> list[str]:
    """Names of the channels as OME, ImageJ or GDAL tell them; empty where nothing is told."""
    try:
        if file.is_ome and file.ome_metadata:
            return _names_of_ome(file.ome_metadata)
        if file.is_imagej:
            labels = (file.imagej_metadata or {}).get("Labels", [])
            return [str(label) for label in labels]
        text = file.pages.first.tags.valueof(_GDAL_METADATA)
        return _names_of_gdal(str(text)) if text else []
    except Exception:  # metadata in any state; channels still have numbers
        return []


def _root(text: str) -> Any:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:  # entities can be made to grow without end
        return ElementTree.Element("none")
    return ElementTree.fromstring(text.encode())


def _names_of_ome(text: str) -> list[str]:
    for element in _root(text).iter():
        if element.tag.rpartition("}")[2] == "Pixels":
            channels = [below for below in element if below.tag.rpartition("}")[2] == "Channel"]
            return [channel.get("Name", "") for channel in channels]
    return []


def _names_of_gdal(text: str) -> list[str]:
    names = {}
    for item in _root(text).iter("Item"):
        if item.get("role") == "description" and re.fullmatch(r"\d+", item.get("sample", "")):
            names[int(item.get("sample", ""))] = (item.text or "").strip()
    return [names.get(position, "") for position in range(max(names) + 1)] if names else []
