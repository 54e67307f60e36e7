"""How well "auto" finds the object of a photo, what its proposals would allow, and what its quality says.

    python tests/performance/measure_foreground.py FOLDER [--grabcut 10] [--worst 20] [--picture FILE.png]

FOLDER holds ``images/NAME.jpg`` and ``masks/NAME.png`` (0 and 255). Printed are intersection over union (IoU), F-beta
(beta^2 = 0.3) and mean absolute error of the masks, the IoU of the best proposal and of the best choice of superpixels
(in the copy of 200 pixels), how the quality goes with the IoU, and CPU time of one thread; beside it ``cv2.grabCut`` on
every n-th photo (0: not at all). Then of 60 pictures without an object, how many are believed: textures of
scikit-image, plain walls in uneven light, and pieces of the photos in which there is no foreground; and of pictures
of two to six equal ellipses on such walls and textures, how many of these are kept. ``--picture`` draws the worst
photos, the true outline in green and the one found in red.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import skimage.data
from bench_background import grab_cut, timed
from scipy.stats import pearsonr, spearmanr

from featkit import BackgroundRemover, segment_foreground
from featkit.preprocessing.foreground._superpixel_features import means_of_superpixels
from featkit.preprocessing.foreground.saliency._proposals import cut_proposals, foreground_prior
from featkit.preprocessing.foreground.segmentation import small_lab

BELIEVED = 0.5  # quality from which on a mask is
COLORS = np.array([[200, 40, 40], [40, 160, 60], [40, 70, 190], [230, 200, 60], [20, 20, 20], [245, 245, 245]])
N_PIECES = 20  # of each kind of picture without an object


def load(folder):
    """Photos with their masks, by name."""
    for path in sorted((folder / "images").iterdir()):
        image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        yield path.stem, image, cv2.imread(str(folder / "masks" / f"{path.stem}.png"), cv2.IMREAD_GRAYSCALE) > 127


def scores(mask, truth):
    """Intersection over union, F-beta (beta^2 = 0.3) and mean absolute error."""
    hit = np.count_nonzero(mask & truth)
    precision, recall = hit / max(np.count_nonzero(mask), 1), hit / np.count_nonzero(truth)
    f_beta = 1.3 * precision * recall / max(0.3 * precision + recall, 1e-12)
    return hit / np.count_nonzero(mask | truth), f_beta, np.mean(mask != truth)


def ceilings(image, truth):
    """IoU of the best proposal and of the best choice of superpixels."""
    labels, graph, log_odds = foreground_prior(small_lab(image))
    pixels = graph[0][:, 0]
    small = cv2.resize(truth.astype(np.float32), labels.shape[::-1], interpolation=cv2.INTER_AREA)
    cover = means_of_superpixels(small[..., np.newaxis], labels, len(pixels))[:, 0]

    def overlap(inside):
        return (pixels * np.minimum(cover, inside)).sum() / (pixels * np.maximum(cover, inside)).sum()

    return max(map(overlap, cut_proposals(*graph, log_odds))), overlap(cover > 0.5)


def pictures_without_object(photos, rng):
    """Textures, walls and pieces of background, each 300 x 400 pixels or smaller."""
    for number in range(N_PIECES):
        texture = getattr(skimage.data, ("grass", "gravel", "brick")[number % 3])()
        row, col = rng.integers(0, 512 - 150), rng.integers(0, 512 - 200)
        tint = rng.uniform(0.6, 1.0, 3)
        yield "texture", (texture[row : row + 150, col : col + 200, np.newaxis] * tint).astype(np.uint8)
    for _ in range(N_PIECES):
        rows, cols = np.mgrid[0:300, 0:400] / 400
        slope, blob = rng.normal(0, 0.25, 2), rng.uniform(0, 1, 2)
        light = 1 + slope[0] * rows + slope[1] * cols - 0.4 * np.hypot(rows - blob[0], cols - blob[1])
        wall = rng.uniform(60, 220, 3) * light[..., np.newaxis]
        stains = cv2.GaussianBlur(rng.normal(0, 60, (300, 400)).astype(np.float32), (0, 0), 12)
        yield "wall", np.clip(wall + stains[..., np.newaxis] + rng.normal(0, 5, wall.shape), 0, 255).astype(np.uint8)
    found = 0
    for index in rng.permutation(len(photos)):
        _, image, truth = photos[index]
        height, width = truth.shape
        size = min(height, width) // 3
        row, col = rng.integers(0, height - size), rng.integers(0, width - size)
        if found < N_PIECES and not truth[row : row + size, col : col + size].any():
            found += 1
            yield "piece", image[row : row + size, col : col + size]


def print_believed(photos):
    remover, believed = BackgroundRemover(), {}
    for kind, image in pictures_without_object(photos, np.random.default_rng(0)):
        believed.setdefault(kind, []).append(remover.quality([image])[0] >= BELIEVED)
    counts = ", ".join(f"{kind} {sum(values)} of {len(values)}" for kind, values in believed.items())
    share = np.mean(np.concatenate(list(believed.values())))
    print(f"without an object: {100 * share:.0f} % believed (quality of at least {BELIEVED}): {counts}")


def pictures_of_equal_objects(grounds, rng):
    """Pictures of two to six equal ellipses that do not touch, on grounds without an object, and their numbers."""
    for ground in grounds:
        height, width = ground.shape[:2]
        rows, cols = np.mgrid[:height, :width]
        tall, wide = rng.uniform(0.08, 0.14, 2) * height
        far = rng.choice(np.flatnonzero(np.linalg.norm(COLORS - ground.mean(axis=(0, 1)), axis=1) > 90))
        labels = np.zeros((height, width), int)
        for number in range(1, rng.integers(3, 8)):
            for _ in range(50):
                row, col = rng.uniform(0.2, 0.8) * height, rng.uniform(0.15, 0.85) * width
                near = ((rows - row) / (tall + 6)) ** 2 + ((cols - col) / (wide + 6)) ** 2 <= 1
                if not labels[near].any():
                    labels[((rows - row) / tall) ** 2 + ((cols - col) / wide) ** 2 <= 1] = number
                    break
        grain = rng.normal(0, 8, (height, width, 1))
        yield (
            np.where(labels[..., np.newaxis] > 0, np.clip(COLORS[far] + grain, 0, 255), ground).astype(np.uint8),
            labels,
        )


def print_equal_objects(photos):
    grounds = [image for kind, image in pictures_without_object(photos, np.random.default_rng(1)) if kind != "piece"]
    kept, all_of = [], 0
    for image, labels in pictures_of_equal_objects(grounds, np.random.default_rng(2)):
        mask = segment_foreground(image)
        found = [mask[labels == number].mean() >= 0.5 for number in np.unique(labels[labels > 0])]
        kept += found
        all_of += all(found) and scores(mask, labels > 0)[0] >= 0.5
    print(
        f"equal objects: {sum(kept)} of {len(kept)} kept; all of them, and little else, in {all_of} of {len(grounds)}"
    )


def draw(photos, path):
    """The photos in rows of five, with true outlines in green and found ones in red."""
    tiles = []
    for _, image, truth in photos:
        tile = image[..., ::-1].copy()
        for mask, color in ((truth, (0, 255, 0)), (segment_foreground(image), (0, 0, 255))):
            outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
            cv2.drawContours(tile, outlines, -1, color, 2)
        tiles.append(cv2.resize(tile, (240, 180), interpolation=cv2.INTER_AREA))
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % 5)
    cv2.imwrite(str(path), np.vstack([np.hstack(tiles[k : k + 5]) for k in range(0, len(tiles), 5)]))


def measure(folder, every, n_worst, picture):
    remover, photos = BackgroundRemover(), list(load(folder))
    ours, peer, qualities, best = [], [], [], []
    segment_foreground(photos[0][1])  # compile
    for index, (_, image, truth) in enumerate(photos):
        seconds, mask = timed(segment_foreground, image)
        ours.append((*scores(mask, truth), seconds))
        qualities.append(remover.quality([image])[0])
        best.append(ceilings(image, truth))
        if every and index % every == 0:
            seconds, mask = timed(grab_cut, image)
            peer.append((*scores(mask, truth), seconds))
    overlaps, f_beta, error, seconds = np.array(ours).T
    print(
        f"auto, {len(photos)} photos: IoU {overlaps.mean():.3f}, F-beta {f_beta.mean():.3f}, MAE {error.mean():.3f}, "
        f"{1e3 * seconds.mean():.1f} ms CPU (median {1e3 * np.median(seconds):.1f})"
    )
    print("best of proposals {:.3f}, best of superpixels {:.3f}".format(*np.mean(best, axis=0)))
    print(
        f"quality with IoU: Pearson {pearsonr(qualities, overlaps)[0]:.2f}, "
        f"Spearman {spearmanr(qualities, overlaps)[0]:.2f}; mean quality {np.mean(qualities):.3f}; "
        f"{100 * np.mean(np.array(qualities) >= BELIEVED):.0f} % believed (quality of at least {BELIEVED})"
    )
    if peer:
        peer_overlap, _, _, peer_seconds = np.mean(peer, axis=0)
        print(
            f"cv2.grabCut, {len(peer)} photos: IoU {peer_overlap:.3f} (auto {overlaps[::every].mean():.3f}), "
            f"{1e3 * peer_seconds:.0f} ms CPU, {peer_seconds / seconds[::every].mean():.0f} times"
        )
    print_believed(photos)
    print_equal_objects(photos)
    worst = np.argsort(overlaps)[:n_worst]
    if n_worst:
        print("worst:", ", ".join(f"{photos[i][0]} {overlaps[i]:.2f}" for i in worst))
    if picture:
        draw([photos[i] for i in worst], picture)


def main():
    cv2.setNumThreads(1)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--grabcut", type=int, default=10, metavar="N")
    parser.add_argument("--worst", type=int, default=0, metavar="N")
    parser.add_argument(
        "--picture", type=Path, metavar="FILE", help="draw the worst; twenty where --worst is not given"
    )
    options = parser.parse_args()
    n_worst = options.worst or (20 if options.picture else 0)
    if not (options.folder / "masks").is_dir():
        raise SystemExit(f"No folder {options.folder / 'masks'}.\n\n{__doc__}")
    measure(options.folder, options.grabcut, n_worst, options.picture)


if __name__ == "__main__":
    main()
