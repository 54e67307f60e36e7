"""Options that say which part of a file with pages, channels or planes is meant."""

import argparse
from typing import Any


def add_pages_option(parser: argparse.ArgumentParser) -> None:
    """Declare whether every page of a file is an image."""
    parser.add_argument(
        "--pages",
        choices=["first", "all"],
        default="first",
        help="all: each page of a TIFF file or frame of an animation is an image (default: first)",
    )


def add_part_options(parser: argparse.ArgumentParser) -> None:
    """Declare which page, channel and projection is read of every file."""
    parser.add_argument("--page", type=int, metavar="NUMBER", help="page or frame that is read of every file, from 0")
    parser.add_argument("--channel", metavar="CHANNEL", help="channel that is read, by its number, from 0, or name")
    parser.add_argument(
        "--projection", choices=["max", "mean", "sharpest"], help="how the planes of a stack become one image"
    )


def part_of_files(options: argparse.Namespace) -> dict[str, Any]:
    """Page, channel and projection that the options ask for.

    Raises
    ------
    ValueError
        When all pages are asked for as well: beside a channel or a projection, pages are counted otherwise.
    """
    channel = options.channel
    part = {"page": options.page, "channel": int(channel) if channel and channel.isdecimal() else channel}
    part["projection"] = options.projection
    if options.pages == "all" and any(value is not None for value in part.values()):
        raise ValueError("Expected --pages all, or --page, --channel and --projection, got both.")
    return part
