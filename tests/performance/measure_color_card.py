"""How often a colour card is found, where there is one and where there is none, and what correction brings.

    python tests/performance/measure_color_card.py [FOLDER ...] [--images 40]

FOLDERs hold photos without a colour card, at any depth. Prints a table in Markdown: for every light, cards found of
those drawn, how often shade on it is told, CIEDE2000 (median) of the patches of the card, before and after, of those
in the light of most of them, and of disks beside it; then the drawn grids and the photos in which a card is claimed.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np

from featkit import find_color_card, read_image
from featkit.datasets import make_color_cards
from featkit.exceptions import ColorCardWarning
from featkit.image.colorspaces import srgb_to_linear
from featkit.preprocessing.color import correct_colors
from featkit.preprocessing.color._card_references import color_difference

LIGHTS = {"even": {}, "gradient": {"gradient": 0.2}, "shade": {"gradient": 0.1, "shade": 0.5}}
CLUTTER = ("mirrored", "shuffled", "random", "keyboard", "none")
METHODS = ("linear", "root-polynomial")


def disk_error(image, positions, colors):
    pixels = [image[row - 4 : row + 5, col - 4 : col + 5].reshape(-1, 3) for row, col in np.rint(positions).astype(int)]
    seen = np.median(pixels, axis=1) / 255
    return np.median(color_difference(*(srgb_to_linear(values).astype(float) for values in (seen, colors))))


def measure_cards(tint, light, n_images):
    cards = make_color_cards(n_images, tint=tint, tilt=15, blur=1.0, random_state=0, **LIGHTS[light])
    found, shaded, rows = 0, 0, []
    for image, places, swatches, colors in zip(
        cards.images, cards.positions, cards.swatch_positions, cards.swatch_colors, strict=True
    ):
        card = find_color_card(image)
        if card is None or np.abs(card.positions - places).max() > 3:
            continue
        found += 1
        shaded += bool(card.shade)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ColorCardWarning)
            disks = [disk_error(correct_colors(image, method=method), swatches, colors) for method in METHODS]
        before = disk_error(image, swatches, colors)
        rows.append([np.median(card.error_before), np.median(card.error_after)])
        rows[-1] += [np.median(card.error_after[card.is_lit]), before, *disks]
    values = " | ".join(f"{value:.1f}" for value in np.median(rows, axis=0))
    print(f"| {tint} | {light} | {found} of {n_images} | {shaded} | {values} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--images", type=int, default=40)
    arguments = parser.parse_args()
    print("| tint | light | found | shade told | before | after | in the light | disks before | linear | root-poly. |")
    print("|---|---|---|---:|---:|---:|---:|---:|---:|---:|")
    for tint in ("lamp", "sky", "tubes"):
        for light in LIGHTS:
            measure_cards(tint, light, arguments.images)
    for card in CLUTTER:
        images = make_color_cards(arguments.images, card=card, random_state=1).images
        claimed = sum(find_color_card(image) is not None for image in images)
        print(f"drawn, {card}: a card claimed in {claimed} of {len(images)}")
    for folder in arguments.folders:
        paths = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in (".jpg", ".jpeg", ".png")]
        start = time.process_time()
        claimed = [path for path in paths if find_color_card(read_image(path)) is not None]
        seconds = (time.process_time() - start) / max(len(paths), 1)
        print(f"{folder}: a card claimed in {len(claimed)} of {len(paths)} photos, {1000 * seconds:.0f} ms each")
        for path in claimed:
            print(f"  {path}")


if __name__ == "__main__":
    main()
