"""Parts of work that are one tar file each, with labels beside the images as WebDataset writes them."""

import hashlib
import json
import tarfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, TypeAlias

from ...exceptions import ImageReadError, LeftOutWarning, shown
from ..listing import IMAGE_SUFFIXES, OTHER_IMAGE_SUFFIXES, counts_of_suffixes, is_hidden
from ..places import MAX_BYTES, check_size, open_place, suffix_of
from ..sources import is_missing
from .folder_names import names_of_masks, warn_of_masks
from .items import ArrayPart, FilePart, Item, NamedBytes, Unreadable, decode_text, state_of_file

LABEL_SUFFIXES = (".cls", ".json", ".txt")  # in this order: members that hold the label of the images of their name
LABEL_KEYS = ("label", "cls", "class", "class_name", "category", "target")  # of a .json, in this order
_LARGEST_LABEL = 1 << 20  # bytes

_HEADERS = (
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
)

_Sample: TypeAlias = list[tuple[tarfile.TarInfo, Any]]  # members and their content


class _NoLabel(ValueError):
    """Why a member holds no label."""


class ShardPart:
    """Images of one tar file, read from its beginning to its end; nothing is unpacked to disk.

    Parameters
    ----------
    path : str
    max_bytes : int, default=1_000_000_000
        Largest member that is read; the image in a larger one cannot be read.
    label_key : str or None, default=None
        Key of the label in the .json members, which alone are asked then; ``"a.b"`` is key b of the dict under key a.
    """

    def __init__(self, path: str, max_bytes: int = MAX_BYTES, label_key: str | None = None) -> None:
        self.path = path
        self.max_bytes = max_bytes
        self.label_key = label_key

    def digest(self, *, with_content: bool = True) -> str:
        """Tell this part from others by the name of the shard."""
        return hashlib.sha256(self.path.encode("utf-8", "surrogateescape")).hexdigest()

    def state(self) -> str:
        """Tell whether the shard has changed on this disk: digest of its size and time."""
        return hashlib.sha256(state_of_file(self.path)).hexdigest()

    def open(self) -> Iterator[Item]:
        """Yield the images of the shard, with the labels beside them; warn of what is left out."""
        other_images: list[str] = []
        special: list[str] = []
        others: list[str] = []
        masks: set[str] = set()
        unlabelled: dict[str, list[str]] = {}  # names of images, by the cause
        has_labels = False
        with open_place(self.path) as file, _tar_errors(self.path), _opened(file) as shard:
            for sample in _samples(self._files_that_count(shard, other_images, special, others), self.max_bytes):
                labels = [(member.name, content) for member, content in sample if _is_label(member.name)]
                has_labels = has_labels or len(labels) > 0
                masks |= (
                    masks_here := names_of_masks(member.name for member, _ in sample if not _is_label(member.name))
                )
                for member, content in sample:
                    if not _is_label(member.name) and member.name not in masks_here:
                        label = None
                        try:
                            label = _label_of(member.name, labels, self.label_key)
                        except _NoLabel as cause:
                            unlabelled.setdefault(str(cause), []).append(member.name)
                        source = content if isinstance(content, Unreadable) else NamedBytes(content, member.name)
                        yield Item(f"{self.path}::{member.name}", label, source)
        warn_of_masks(self.path, masks)
        if other_images:
            text = f"{self.path}: {len(other_images)} images were left out ({counts_of_suffixes(other_images)})."
            warnings.warn(text, LeftOutWarning, stacklevel=2)
        if special:
            text = (
                f"{self.path}: {len(special)} sparse files, links, pipes or devices were left out, first {special[0]}."
            )
            warnings.warn(text, LeftOutWarning, stacklevel=2)
        if unlabelled and has_labels:
            causes = "; ".join(f"{cause} ({len(names)}, first {names[0]})" for cause, names in unlabelled.items())
            text = f"{self.path}: {sum(map(len, unlabelled.values()))} images have no label: {causes}."
            warnings.warn(text, LeftOutWarning, stacklevel=2)
        elif unlabelled and others:
            text = (
                f"{self.path}: no image has a label: labels are read from {', '.join(LABEL_SUFFIXES)}. "
                f"{len(others)} other files were left out ({counts_of_suffixes(others)})."
            )
            warnings.warn(text, LeftOutWarning, stacklevel=2)

    def _files_that_count(
        self, shard: tarfile.TarFile, other_images: list[str], special: list[str], others: list[str]
    ) -> Iterator[tuple[tarfile.TarInfo, "bytes | Unreadable"]]:
        """Members that are images or labels, with their content; the names of others are listed."""
        for member in shard:
            suffix = suffix_of(member.name)
            if member.isdir() or is_hidden(member.name):
                continue
            if suffix not in (*LABEL_SUFFIXES, *IMAGE_SUFFIXES, *OTHER_IMAGE_SUFFIXES):
                others.append(member.name)
                continue
            if not member.isreg() or member.issparse():
                special.append(member.name)
            elif suffix in OTHER_IMAGE_SUFFIXES:
                other_images.append(member.name)
            elif (stream := shard.extractfile(member)) is not None:
                is_label = suffix in LABEL_SUFFIXES
                yield member, stream.read(_LARGEST_LABEL + 1) if is_label else self._content(member, stream)

    def _content(self, member: tarfile.TarInfo, stream: IO[bytes]) -> "bytes | Unreadable":
        """Content of a member; where it is too large, what raises in its place."""
        try:
            check_size(member.size, self.max_bytes)
            return stream.read()
        except MemoryError:
            text = f"{member.name}: expected a file that fits into memory, it has {member.size} bytes."
            return Unreadable(ImageReadError(text, member.name))
        except ImageReadError as error:
            return Unreadable(ImageReadError(f"{member.name}: {error}", member.name))


class _Member(tarfile.TarInfo):
    """A member whose name and headers are refused where they are as large as files: they would be read at once."""

    def _proc_member(self, tar: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _HEADERS and self.size > _LARGEST_LABEL:
            raise tarfile.ReadError(f"the header of a member has {self.size} bytes")
        return super()._proc_member(tar)  # type: ignore[misc]  # private, and in all versions of Python


def _opened(file: BinaryIO) -> tarfile.TarFile:
    return tarfile.open(fileobj=file, mode="r|*", tarinfo=_Member)


def _samples(files: Iterable[tuple[tarfile.TarInfo, Any]], max_bytes: int) -> Iterator[_Sample]:
    """Members in line that belong together by name; where a name comes again, or too much, another sample begins."""
    sample: _Sample = []
    n_bytes = 0
    for member, content in files:
        names = [other.name for other, _ in sample]
        size = 0 if isinstance(content, Unreadable) else len(content)
        if sample and (_key(names[0]) != _key(member.name) or member.name in names or n_bytes + size > max_bytes):
            yield sample
            sample, n_bytes = [], 0
        sample.append((member, content))
        n_bytes += size
    if sample:
        yield sample


def _is_label(name: str) -> bool:
    return suffix_of(name) in LABEL_SUFFIXES


def _label_of(image: str, labels: list[tuple[str, bytes]], label_key: str | None) -> str:
    """Label in the first member that has one, those of exactly the image's name before others of its sample."""
    causes = []
    suffixes = LABEL_SUFFIXES if label_key is None else (".json",)
    for suffix in suffixes:
        for_suffix = [(name, content) for name, content in labels if suffix_of(name) == suffix]
        for _, content in sorted(for_suffix, key=lambda label: _stem(label[0]) != _stem(image)):
            try:
                return _label_in(content, suffix, label_key)
            except _NoLabel as cause:
                causes.append(str(cause))
    no_neighbor = f"no member {', '.join(suffixes)} of their name stands next to them in the tar file"
    raise _NoLabel(causes[0] if causes else no_neighbor)


def _label_in(content: bytes, suffix: str, label_key: str | None) -> str:
    """Label that a member holds; where there is none, the cause."""
    if len(content) > _LARGEST_LABEL:
        raise _NoLabel(f"their {suffix} is larger than {_LARGEST_LABEL} bytes")
    try:
        text = decode_text(content).strip()
    except UnicodeDecodeError:
        raise _NoLabel(f"their {suffix} is no text in UTF-8 or UTF-16") from None
    if "\0" in text:
        raise _NoLabel(f"their {suffix} is no text in UTF-8 or UTF-16")
    if not text:
        raise _NoLabel(f"their {suffix} is empty")
    return _label_in_json(text, label_key) if suffix == ".json" else text


def _label_in_json(text: str, label_key: str | None) -> str:
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise _NoLabel("their .json is not valid JSON") from None
    if label_key is not None:
        value = _value_under(label_key, value)
    elif isinstance(value, dict):
        found = [value[key] for key in LABEL_KEYS if key in value]
        if not found:
            raise _NoLabel(f"their .json has none of the keys {LABEL_KEYS}, and label_key names no other")
        value = next((label for label in found if not is_missing(label)), None)
    if is_missing(value):
        raise _NoLabel("the label in their .json is null, NaN or empty")
    if isinstance(value, (dict, list)):
        raise _NoLabel(f"the label in their .json is a {type(value).__name__}")
    return str(value)


def _value_under(label_key: str, value: Any) -> Any:
    """Value under a key of its own, else under the keys between the dots, one in the other."""
    for key in (label_key,) if isinstance(value, dict) and label_key in value else label_key.split("."):
        if not (isinstance(value, dict) and key in value):
            raise _NoLabel(f"their .json has no key {shown(label_key)}")
        value = value[key]
    return value


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


Part: TypeAlias = FilePart | ArrayPart | ShardPart
