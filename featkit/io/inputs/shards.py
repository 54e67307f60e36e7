"""Parts of work that are one tar file each, with labels beside the images as WebDataset writes them."""

import hashlib
import json
import tarfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from ...exceptions import ImageReadError, LeftOutWarning
from ..listing import IMAGE_SUFFIXES, OTHER_IMAGE_SUFFIXES, counts_of_suffixes
from ..places import open_place, suffix_of
from .items import FilePart, Item, NamedBytes

LABEL_SUFFIXES = (".cls", ".json", ".txt")  # in this order: members that hold the label of the images of their name
LABEL_KEYS = ("label", "cls", "class", "class_name", "category", "target")  # of a .json, in this order
_LARGEST_LABEL = 1 << 20  # bytes

_Sample: TypeAlias = list[tuple[tarfile.TarInfo, bytes]]


class ShardPart:
    """Images of one tar file, read from its beginning to its end; nothing is unpacked to disk."""

    def __init__(self, path: str) -> None:
        self.path = path

    def digest(self) -> str:
        """Tell this part from others by the name of the shard."""
        return hashlib.sha256(self.path.encode("utf-8", "surrogateescape")).hexdigest()

    def open(self) -> Iterator[Item]:
        """Yield the images of the shard, with the labels beside them; warn of what is left out."""
        other_images: list[str] = []
        n_unlabelled = 0
        with open_place(self.path) as file, _tar_errors(self.path), tarfile.open(fileobj=file, mode="r|*") as shard:
            for sample in _samples(_files_that_count(shard, other_images)):
                labels = [(member.name, content) for member, content in sample if _is_label(member.name)]
                for member, content in sample:
                    if not _is_label(member.name):
                        label = _label_of(member.name, labels)
                        n_unlabelled += label is None and len(labels) > 0
                        yield Item(f"{self.path}::{member.name}", label, NamedBytes(content, member.name))
        if other_images:
            text = f"{self.path}: {len(other_images)} images were left out ({counts_of_suffixes(other_images)})."
            warnings.warn(text, LeftOutWarning, stacklevel=2)
        if n_unlabelled:
            text = f"{self.path}: {n_unlabelled} images have no label: their .json has none of the keys {LABEL_KEYS}."
            warnings.warn(text, LeftOutWarning, stacklevel=2)


def _files_that_count(shard: tarfile.TarFile, other_images: list[str]) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    """Images and labels with their content; the names of images that are not read go into a list."""
    for member in shard:
        suffix = suffix_of(member.name)
        is_small_label = suffix in LABEL_SUFFIXES and member.size <= _LARGEST_LABEL
        if member.isreg() and (is_small_label or suffix in IMAGE_SUFFIXES):
            stream = shard.extractfile(member)
            if stream is not None:
                yield member, stream.read()
        elif member.isreg() and suffix in OTHER_IMAGE_SUFFIXES:
            other_images.append(member.name)


def _samples(files: Iterable[tuple[tarfile.TarInfo, bytes]]) -> Iterator[_Sample]:
    """Members in line that belong together by name; where a name comes again, another sample begins."""
    sample: _Sample = []
    for member, content in files:
        names = [other.name for other, _ in sample]
        if sample and (_key(names[0]) != _key(member.name) or member.name in names):
            yield sample
            sample = []
        sample.append((member, content))
    if sample:
        yield sample


def _is_label(name: str) -> bool:
    return suffix_of(name) in LABEL_SUFFIXES


def _label_of(image: str, labels: list[tuple[str, bytes]]) -> str | None:
    """Label in the first member that has one, those of exactly the image's name before others of its sample."""
    for suffix in LABEL_SUFFIXES:
        for_suffix = [(name, content) for name, content in labels if suffix_of(name) == suffix]
        for _, content in sorted(for_suffix, key=lambda label: _stem(label[0]) != _stem(image)):
            text = content.decode("utf-8", "replace").strip()
            label = _label_in_json(text) if suffix == ".json" else text
            if label:
                return label
    return None


def _label_in_json(text: str) -> str | None:
    try:
        value: Any = json.loads(text)
    except ValueError:
        return None
    if isinstance(value, dict):
        value = next((value[key] for key in LABEL_KEYS if value.get(key) is not None), None)
    return None if value is None or isinstance(value, (dict, list)) else str(value)


def _stem(name: str) -> str:
    """Name of a member less its last suffix: 2024.01.05-a of 2024.01.05-a.jpg."""
    return name[: -len(suffix_of(name))]


def _key(member: str) -> tuple[str, str]:
    """WebDataset's key: the name up to the first dot behind the last slash."""
    folder, _, name = member.rpartition("/")
    return folder, name.partition(".")[0]


@contextmanager
def _tar_errors(path: str) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ImageReadError(f"{path}: expected a whole tar file, got: {error}. Replace the file.", path) from error


Part: TypeAlias = FilePart | ShardPart
