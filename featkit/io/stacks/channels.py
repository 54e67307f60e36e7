"""Channels by number or name: one becomes a gray image, three become RGB."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from ...exceptions import ImageReadError, shown
from ...image.checks import full_light
from ...parameters import INDEX, InvalidParameterError

Channels: TypeAlias = int | str | Sequence[int | str | None] | None  # what `read_image` takes

_COLORS = ("red", "green", "blue", "alpha")


def check_channels(name: str, wanted: Channels) -> Any:
    """Give back the channels that are wanted as an int, a str or a tuple of three; None is None.

    Raises
    ------
    InvalidParameterError
        When they are something else.
    """
    if wanted is None or isinstance(wanted, str):
        return wanted
    if isinstance(wanted, Sequence | np.ndarray):
        are_channels = all(one is None or _is_channel(one) for one in wanted)
        if len(wanted) == 3 and are_channels and any(one is not None for one in wanted):
            return tuple(one if one is None or isinstance(one, str) else int(one) for one in wanted)
    elif _is_channel(wanted):
        return int(wanted)
    raise InvalidParameterError(
        f"The {name!r} parameter must be the number (from 0) or name of a channel, three of them (for red, green and "
        f"blue; None for a dark one), or None, got {shown(wanted)}."
    )


def _is_channel(value: Any) -> bool:
    return isinstance(value, str) or (INDEX.is_satisfied_by(value) and not isinstance(value, bool))


def channel_positions(wanted: Any, n_channels: int, names: Sequence[str] = ()) -> list[int | None]:
    """Positions of the channels that are wanted, None where one is to be dark.

    Parameters
    ----------
    wanted : int, str or tuple
        As `check_channels` gives it.
    n_channels : int
        How many the file has.
    names : sequence of str
        Their names, where it tells them.

    Returns
    -------
    positions : list of int or None

    Raises
    ------
    ImageReadError
        When there is no such channel, or several of its name.
    """
    return [_position(one, n_channels, names) for one in (wanted if isinstance(wanted, tuple) else (wanted,))]


def _position(wanted: int | str | None, n_channels: int, names: Sequence[str]) -> int | None:
    if isinstance(wanted, str):
        found = [position for position, name in enumerate(names) if name == wanted]
        if not found:
            found = [position for position, name in enumerate(names) if name.lower() == wanted.lower()]
        if len(found) != 1:
            known = ", ".join(map(repr, names)) if names else "names none; take its number, from 0"
            raise ImageReadError(
                f"expected the name of one channel, "
                f"got {shown(wanted)}, the name of {len(found)}. The file {_has(names)}"
                f"{known}."
            )
        return found[0]
    if wanted is not None and wanted >= n_channels:
        raise ImageReadError(f"expected a channel below {n_channels}, the number of its channels, got {wanted}.")
    return wanted


def _has(names: Sequence[str]) -> str:
    return "has " if names else ""


def combined(channels: list[np.ndarray | None]) -> np.ndarray:
    """The one channel itself, or RGB of three of them, in which None is dark.

    Raises
    ------
    ImageReadError
        When they differ in size or dtype.
    """
    if len(channels) == 1 and channels[0] is not None:
        return channels[0]
    some = next(channel for channel in channels if channel is not None)
    for channel in channels:
        if channel is not None and (channel.shape != some.shape or channel.dtype != some.dtype):
            raise ImageReadError(
                f"expected channels of one size and dtype, got {some.shape} of {some.dtype} and {channel.shape} of "
                f"{channel.dtype}. Read them one by one."
            )
    return np.stack([np.zeros_like(some) if channel is None else channel for channel in channels], axis=-1)


def select_channels(pixels: np.ndarray, wanted: Any, names: Sequence[str] = ()) -> np.ndarray:
    """Channels of an array (height, width[, n_channels]); those of RGB and RGBA are also called by their colors.

    Parameters
    ----------
    pixels : ndarray (height, width) or (height, width, n_channels)
        Of any number of channels.
    wanted : int, str or tuple
        As `check_channels` gives it.
    names : sequence of str
        Names of the channels.

    Returns
    -------
    image : ndarray (height, width) or (height, width, 3)
    """
    if pixels.ndim == 2:
        pixels = pixels[..., np.newaxis]
    if pixels.ndim != 3:
        raise ImageReadError(f"expected an image (height, width, channels), got the shape {pixels.shape}.")
    n_channels = pixels.shape[2]
    if not names and n_channels in (3, 4):
        names = _COLORS[:n_channels]
    positions = channel_positions(wanted, n_channels, names)
    picked = [None if position is None else np.ascontiguousarray(pixels[..., position]) for position in positions]
    return combined([None if one is None else _light(one) for one in picked])


def _light(channel: np.ndarray) -> np.ndarray:
    """Values as an image has them; a channel of truth values becomes dark and full light."""
    return channel.astype(np.uint8) * np.uint8(full_light(np.dtype(np.uint8))) if channel.dtype == bool else channel
