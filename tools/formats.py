"""Read small files of every format with several libraries, and say who reads them right: docs/formats.md.

    python -m tools.formats > docs/formats.md

The files are made by real encoders (tests/io/corpus.py). Exit status 1 where featkit reads one of them wrong. Needs
torchvision, which no extra of featkit has: without it its column is left out, and the page says so.
"""

import contextlib
import importlib.metadata
import io
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import skimage.io
import tifffile
from PIL import Image

from featkit import read_image
from tests.io.corpus import Sample, samples
from tests.io.image_files import with_tifffile

PACKAGES = "pillow opencv-python-headless scikit-image tifffile torchvision imagecodecs pillow-heif pillow-jxl-plugin"
HEAD = """# What files show, and who reads them

Small valid files of real encoders, each read by featkit and by others with their usual call: `cv2.imread` with
`IMREAD_UNCHANGED`, `PIL.Image.open` (with pillow-heif and pillow-jxl-plugin), `skimage.io.imread`, `tifffile.imread`,
`torchvision.io.decode_image`. Made by `python -m tools.formats`; {n} files, versions: {versions}.

- **right**: the truth, to within the rounding of the encoder; **as stored**: the samples of a depth without its white
  (12 bits as 0 to 4095), ink, or palette indices, right for who knows.
- **not turned**: the orientation of the file is not applied; **not converted**: the profile is not; **8 bits** of more;
  **no alpha**; **channels first**; **multiplied by alpha**; **wrong**: something else; **refused**: an error.

Counts stand where files of a row differ. Pillow's image carries orientation and profile for the caller to apply.

"""


def _torchvision() -> Callable | None:
    try:
        import torch
        from torchvision.io import ImageReadMode, decode_image
    except ImportError:
        return None

    def read(sample: Sample) -> np.ndarray:
        tensor = decode_image(torch.frombuffer(bytearray(sample.content), dtype=torch.uint8), ImageReadMode.UNCHANGED)
        return tensor.permute(1, 2, 0).numpy().squeeze()

    return read


def _by_opencv(sample: Sample) -> np.ndarray:
    pixels = cv2.imdecode(np.frombuffer(sample.content, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise ValueError("cannot be decoded")
    return pixels if pixels.ndim == 2 else pixels[..., [2, 1, 0, 3][: pixels.shape[2]]]


def _by_skimage(sample: Sample) -> np.ndarray:
    """Which of its plugins reads a file is told by its suffix."""
    suffix = "tif" if _is_tiff(sample) else _SUFFIXES.get(sample.file_format, sample.file_format.lower())
    with tempfile.TemporaryDirectory() as folder:  # of its own: of a DICOM file it reads all that lie beside it
        path = Path(folder) / f"file.{suffix}"
        path.write_bytes(sample.content)
        return skimage.io.imread(path)


_SUFFIXES = {"JPEG 2000": "jp2", "JPEG XL": "jxl", "DICOM": "dcm", "JPEG-LS": "jls"}
READERS: dict[str, Callable[[Sample], np.ndarray] | None] = {
    "featkit": lambda sample: read_image(sample.content),
    "OpenCV": _by_opencv,
    "Pillow": lambda sample: np.asarray(Image.open(io.BytesIO(sample.content))),
    "scikit-image": _by_skimage,
    "tifffile": lambda sample: tifffile.imread(io.BytesIO(sample.content)),
    "torchvision": _torchvision(),
}


def _is_near(found: np.ndarray, expected: np.ndarray, tolerance: float) -> bool:
    if found.ndim == 3 and expected.ndim == 2 and (found[..., :1] == found[..., :3]).all():
        found = found[..., 0]
    if found.ndim == 2 and expected.ndim == 3 and (expected[..., :1] == expected).all():
        expected = expected[..., 0]
    if found.shape != expected.shape:
        return False
    white = 65535 if expected.max() > 255 and tolerance < 1 else 1
    return bool(np.abs(found.astype(np.float64) - expected).max() <= max(tolerance * white, 1e-6))


def verdict(sample: Sample, read: Callable[[Sample], np.ndarray]) -> str:
    """What a library makes of a file, in a word."""
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            found = np.asarray(read(sample))
    except Exception:  # of any library, of any kind
        return "refused"
    if found.dtype == bool:
        found = found * np.uint8(255)
    truth, stored, tolerance = sample.truth, sample.stored, sample.tolerance
    if _is_near(found, truth, tolerance) and (found.dtype == np.uint8 or truth.dtype != np.uint8):
        return "right"
    if truth.ndim == 3 and truth.shape[2] == 4 and _is_near(found, truth[..., :3], tolerance):
        return "no alpha"
    if found.dtype == np.uint8 and truth.max() > 255 and _is_near(found, np.rint(truth / 257), 1):
        return "8 bits"
    if found.ndim == 3 and _is_near(np.moveaxis(found, 0, 2), truth, tolerance):
        return "channels first"
    if truth.ndim == 3 and truth.shape[2] == 4 and truth.dtype == np.uint8:
        multiplied = truth.astype(np.float64)
        multiplied[..., :3] *= multiplied[..., 3:] / 255
        if _is_near(found, multiplied, 1):
            return "multiplied by alpha"
    if _is_near(found, stored, tolerance):
        names = {"orientation": "not turned", "profile": "not converted"}
        return next((word for name, word in names.items() if name in sample.variant), "as stored")
    if "profile" in sample.variant and found.shape == stored.shape and np.abs(found.astype(float) - stored).max() <= 9:
        return "not converted"
    return "wrong"


def _feature(sample: Sample) -> str:
    """What a file is an example of."""
    if "orientation" in sample.variant:
        return "upright" if sample.variant.endswith("orientation 1") else "orientation 2 to 8"
    if "profile" in sample.variant:
        return "color profile"
    kind, _, rest = sample.variant.partition(",")
    return f"{kind},{rest.partition(',')[0]}" if rest else kind


def _cell(words: Counter) -> str:
    if len(words) == 1:
        return next(iter(words))
    return ", ".join(f"{word} {count}" for word, count in words.most_common())


PAGES_HEAD = """
## Pages and frames

Files of three pages, frames or channels: what the usual call gives, and whether each is reached by the call for it
(`read_image(page=)`, for channels `read_image(channel=)`, for channels of several depths with `projection="max"`;
`cv2.imdecodemulti`, of animations `cv2.imdecodeanimation`, Pillow's `seek`, tifffile's `key=`: these count pages,
whatever their axes). featkit warns of what it leaves out. **pages as channels**: three pages become red, green and
blue; **all pages, by axes**: an array with axes for channels and depths.

"""
FRAMES = [np.full((24, 40), 40, np.uint8) + np.uint8(60 * index) for index in range(3)]
for _index, _frame in enumerate(FRAMES):
    _frame[4 : 12 + 3 * _index, 6:20] = 10


def _files_of_pages() -> dict[str, bytes]:
    """Content of files of several pages, by their kind and writer."""
    first, *others = (Image.fromarray(frame).convert("RGB") for frame in FRAMES)
    stack, gray = np.stack(FRAMES), {"photometric": "minisblack"}
    files = {"TIFF, tifffile": with_tifffile(stack, **gray)}
    for axes in ("CYX", "ZYX", "TYX"):
        files[f"OME-TIFF {axes}, tifffile"] = with_tifffile(stack, ome=True, metadata={"axes": axes}, **gray)
        files[f"ImageJ {axes}, tifffile"] = with_tifffile(stack, imagej=True, metadata={"axes": axes})
    depths = np.stack([stack, stack // 2], axis=1)
    files["OME-TIFF CZYX, tifffile"] = with_tifffile(depths, ome=True, metadata={"axes": "CZYX"}, **gray)
    options: dict[str, dict] = {"TIFF": {}, "GIF": {}, "WebP": {"lossless": True}, "PNG": {}, "AVIF": {"quality": 100}}
    for file_format, chosen in options.items():
        file = io.BytesIO()
        first.save(file, file_format, save_all=True, append_images=others, duration=100, **chosen)
        files[f"{file_format}, Pillow"] = file.getvalue()
    return files


def _page_by_featkit(sample: Sample, page: int) -> np.ndarray:
    if " C" not in sample.file_format:
        return read_image(sample.content, page=page)
    return read_image(sample.content, channel=page, projection="max" if "Z" in sample.file_format else None)


def _page_by_opencv(sample: Sample, page: int) -> np.ndarray:
    data = np.frombuffer(sample.content, np.uint8)
    if _is_tiff(sample):
        return cv2.imdecodemulti(data, cv2.IMREAD_UNCHANGED)[1][page * _pages_of_each(sample)]
    return cv2.imdecodeanimation(data)[1].frames[page]


def _page_by_pillow(sample: Sample, page: int) -> np.ndarray:
    image = Image.open(io.BytesIO(sample.content))
    image.seek(page * _pages_of_each(sample))
    return np.asarray(image.convert("RGB"))


def _page_by_tifffile(sample: Sample, page: int) -> np.ndarray:
    return tifffile.imread(io.BytesIO(sample.content), key=page * _pages_of_each(sample))


PAGE_READERS: dict[str, Callable[[Sample, int], np.ndarray]] = {
    "featkit": _page_by_featkit,
    "OpenCV": _page_by_opencv,
    "Pillow": _page_by_pillow,
    "tifffile": _page_by_tifffile,
}


def _is_tiff(sample: Sample) -> bool:
    return sample.content[:2] in (b"II", b"MM")


def _pages_of_each(sample: Sample) -> int:
    """Depths of a channel, each a page."""
    return 2 if "CZ" in sample.file_format else 1


def _is_frame(found: np.ndarray, frame: np.ndarray) -> bool:
    found = np.asarray(found)
    colors = found[..., :3] if found.ndim == 3 else found[..., np.newaxis]
    return colors.shape[:2] == frame.shape and bool((np.abs(colors.astype(int) - frame[..., np.newaxis]) <= 2).all())


def verdict_of_pages(sample: Sample, name: str, read: Callable[[Sample], np.ndarray]) -> str:
    """Whether a library gives all pages of a file by its usual call, and by that for pages."""
    try:
        found = np.asarray(read(sample))
        is_of_depths = found.ndim == 4 and found.shape[1] == _pages_of_each(sample)
        if is_of_depths and all(map(_is_frame, found[:, 0], FRAMES)):
            return "all pages, by axes"
        if found.ndim >= 3 and len(found) == len(FRAMES) and all(map(_is_frame, found, FRAMES)):
            usual = "all pages"
        elif found.ndim == 3 and all(map(_is_frame, np.moveaxis(found, 2, 0), FRAMES)):
            usual = "pages as channels"
        elif found.shape == FRAMES[0].shape and len(np.unique(found)) == len(np.unique(FRAMES[0])):
            usual = "first page only" if _is_frame(found, FRAMES[0]) else "first page only, as stored"
        else:
            usual = "first page only" if _is_frame(found, FRAMES[0]) else "wrong"
    except Exception:  # of any library, of any kind
        usual = "refused"
    if usual == "all pages" or name not in PAGE_READERS:
        return usual
    try:
        pages = [PAGE_READERS[name](sample, page) for page in range(len(FRAMES))]
        return f"{usual}; asked for: {'all' if all(map(_is_frame, pages, FRAMES)) else 'wrong'}"
    except Exception:  # of any library, of any kind
        return f"{usual}; asked for: refused"


def print_pages(readers: dict[str, Callable[[Sample], np.ndarray]]) -> None:
    """Print the table of files of several pages."""
    print(PAGES_HEAD, end="")
    print(f"| file | {' | '.join(readers)} |\n|---|{'---|' * len(readers)}")
    for kind, content in _files_of_pages().items():
        sample = Sample(kind.partition(",")[0], "", "pages", content, FRAMES[0], 2, FRAMES[0])
        cells = [
            "" if name == "tifffile" and not _is_tiff(sample) else verdict_of_pages(sample, name, read)
            for name, read in readers.items()
        ]
        print(f"| {'A' * (kind[:3] == 'PNG')}{kind} | {' | '.join(cells)} |")


def main() -> int:
    """Print the page."""
    warnings.simplefilter("ignore")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    rows: dict[tuple[str, str], dict[str, Counter]] = {}
    wrong, n_files = [], 0
    readers = {name: read for name, read in READERS.items() if read is not None}
    for sample in samples():
        n_files += 1
        row = rows.setdefault((sample.file_format, _feature(sample)), {name: Counter() for name in readers})
        for name, read in readers.items():
            if name == "tifffile" and sample.file_format != "TIFF":
                continue
            word = verdict(sample, read)
            row[name][word] += 1
            if name == "featkit" and word != "right":
                wrong.append(f"{sample.name}: {word}")
    versions = []
    for package in PACKAGES.split():
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{package} not installed, left out")
    print(HEAD.format(n=n_files, versions=", ".join(versions)), end="")
    print(f"| format | files | {' | '.join(readers)} |\n|---|---|{'---|' * len(readers)}")
    for (file_format, feature), row in rows.items():
        cells = [_cell(words) for words in row.values()]
        print(f"| {file_format} | {feature} ({sum(row['featkit'].values())}) | {' | '.join(cells)} |")
    print_pages(readers)
    for name in wrong:
        print(name, file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
