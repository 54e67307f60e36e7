"""What names of folders and files say: classes, the parts of a data set, or images and their masks."""

import os
import re
import warnings
from collections.abc import Iterable
from pathlib import Path

from ...exceptions import ImageReadError, LeftOutWarning

# Names of folders, in small letters:
_PART = (
    "train|training|trn|trainval|val|valid|validation|dev|eval|evaluation|test|testing|tst|holdout"
    "|unlabell?ed|inference|prediction"
)
_KIND = (
    "(?:data)?set|data|files?|folder|split|images?|imgs?|inputs?|jpe?gs?|pngs?|photos|pictures|samples|small|full"
    "|resized"
)
_SPLIT = re.compile(
    rf"(?:(?:.*[-_. ])?({_PART})|images?(tr|ts|val?))(?:[-_. ]*(?:{_KIND}|[ab]|v?\d+(?:x\d+)?|\(\d+\)))*"
)
_SPLIT_OF_SOMETHING = re.compile(rf"({_PART})[-_. ](.+)|(.+)[-_. ]({_PART})")
_FOLD = re.compile(r"(?:.*[-_ ])?(?:fold|split|cv)[-_ ]?\d+")
_PART_OF_PAIR = r"(?:[-_]?(?:tr|ts|val?|\d+))?"  # imagesTr and labelsTr, image_2 and label_2
_IMAGES = re.compile(rf"(?:(?:.*[-_])?(?:jpe?g|png|rgb)?(?:images?|imgs?|inputs?)|leftimg8bit){_PART_OF_PAIR}")
_MASKS = re.compile(
    r"(?:(.*?)[-_])?(?:masks?|annotations?|labels?|segmentation(?:s|class|object|maps?)?|semantic|instances?|targets?"
    rf"|ground[-_ ]?truths?|gt(?:fine|coarse)?){_PART_OF_PAIR}"
)

_MASK_OF = re.compile(r"(.+?)(?:[-_. ]cp)?[-_. ](?:masks?|segm?|segmentations?|annotations?|trimaps?)", re.I | re.S)


def has_split_names(names: Iterable[str]) -> bool:
    """Whether folders are the parts of a split data set, such as train and test, instead of classes."""
    names = {name.lower() for name in names}
    matches = [_SPLIT.fullmatch(name) for name in names]
    parts = {(match[1] or match[2])[:2] for match in matches if match}
    if len(parts) > 1 and ("tr" in parts or all(matches)):
        return True
    folds = [name for name in names if _FOLD.fullmatch(name)]
    if folds and len(names) > 1 and all(_FOLD.fullmatch(name) or _SPLIT.fullmatch(name) for name in names):
        return True
    return _are_parts_of_the_same(names)


def are_parts(names: set[str]) -> bool:
    """`has_split_names`, or a single folder that is a part of a data set by its name alone."""
    return has_split_names(names) or (len(names) == 1 and all(_SPLIT.fullmatch(name.lower()) for name in names))


def word_of_part(name: str) -> str:
    """The word by which a folder is a part of a data set, such as train, val or ts; the whole name of a fold, or ""."""
    name = name.lower()
    if _FOLD.fullmatch(name):
        return name
    if match := _SPLIT.fullmatch(name):
        return match[1] or match[2]
    match = _SPLIT_OF_SOMETHING.fullmatch(name)
    return match[1] or match[4] if match else ""


def level_of_classes(folders: list[tuple[str, ...]], level: int) -> int:
    """The first level from this one on at which folders are no parts of a data set: seg_train/seg_train/forest."""
    while are_parts({folder[level] for folder in folders if len(folder) > level}):
        level += 1
    return level


def _are_parts_of_the_same(names: set[str]) -> bool:
    """Whether something is there in two parts at least: train_cats and test_cats, not training_shoe and test_tube."""
    matches = [_SPLIT_OF_SOMETHING.fullmatch(name) for name in names]
    if not all(matches):
        return False
    parts: dict[str, set[str]] = {}
    for match in matches:
        if match:
            parts.setdefault(match[2] or match[3], set()).add((match[1] or match[4])[:2])
    return any(len(parts_of_one) > 1 for parts_of_one in parts.values())


def classes_of(folders: list[tuple[str, ...]], level: int) -> list[str | None]:
    """The folder at this level, None above it; a folder of images beside classes in the parts of a data set is none."""
    classes = [names[level] if len(names) > level else None for names in folders]
    others = {name for name in classes if name and not _IMAGES.fullmatch(name.lower())}
    return [name if name in others or not (level and others) else None for name in classes]


def refuse_masks(source: str | os.PathLike, folders: Iterable[tuple[str, ...]]) -> None:
    """Raise where folders, at any depth, are images and their masks or labels instead of classes."""
    below: dict[tuple[str, ...], set[str]] = {}
    for names in set(folders):
        for level, name in enumerate(names):
            below.setdefault(names[:level], set()).add(name)
    for parent in sorted(below, key=lambda names: (len(names), names)):
        found = {name: _MASKS.fullmatch(name.lower()) for name in sorted(below[parent], key=natural_key)}
        beside = {match[1] for match in found.values() if match}
        images = [name for name, match in found.items() if not match]
        if 0 < len(images) < len(found) and all(
            name.lower() in beside or _IMAGES.fullmatch(name.lower()) or _SPLIT.fullmatch(name.lower())
            for name in images
        ):
            folder = Path(source, *parent)
            raise ImageReadError(
                f"{folder}: expected one subfolder per class, got images and their masks or labels: "
                f"{', '.join(found)}. List the images alone ({folder / images[0]}), and read masks that are images "
                "with ImageReader(mask_pattern=).",
                str(source),
            )


def names_of_masks(names: Iterable[str]) -> set[str]:
    """Of files, the masks of others that stand beside them: a_mask.png beside a.jpg, a_cp_masks.tif, a.seg.png."""
    names = list(names)
    stems = {os.path.splitext(name)[0] for name in names}
    matches = {name: _MASK_OF.fullmatch(os.path.splitext(name)[0]) for name in names}
    return {name for name, match in matches.items() if match and match[1] in stems}


def warn_of_masks(source: str | os.PathLike, masks: Iterable[str]) -> None:
    """Warn that masks were left out, if any."""
    if found := sorted(masks, key=natural_key):
        warnings.warn(
            f"{source}: {len(found)} masks beside images were left out, the first {os.path.basename(found[0])}. "
            "ImageReader(mask_pattern=) reads them as the alpha of their images.",
            LeftOutWarning,
            stacklevel=3,
        )


def warn_of_like_classes(source: str | os.PathLike, folders: Iterable[tuple[str, ...]]) -> None:
    """Warn where all classes hold the same folders, which may be the classes: color/cat, color/dog, gray/cat, ..."""
    below: dict[str, set[str]] = {}
    for names in set(folders):
        if names:
            below.setdefault(names[0], set()).update(names[1:2])
    same = next(iter(below.values()), set())
    if len(below) > 1 and len(same) > 1 and all(names == same for names in below.values()) and not are_parts(same):
        tops, inner = (", ".join(sorted(names, key=natural_key)[:5]) for names in (below, same))
        warnings.warn(
            f"{source}: the labels are {tops}, and each of them holds the same folders: {inner}. Where those are the "
            r"classes, use list_labelled_images(folder, label_from=r'^[^/]+/([^/]+)/').",
            LeftOutWarning,
            stacklevel=3,
        )


def natural_key(name: str) -> tuple[list[int | str], str]:
    """What sorts img2 before img10."""
    return [int(part) if part.isdecimal() else part.lower() for part in re.split(r"(\d+)", name)], name
