"""Speed of reading: `read_image` against bare cv2.imread on JPEG files, and what converting a color profile costs.

A folder of photos may be given.
"""

import io
import itertools
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageCms
from skimage.data import astronaut, chelsea, coffee

from featkit import list_images, read_image

REPEATS = 12


def seconds(function, path):
    start = time.perf_counter()
    function(path)
    return time.perf_counter() - start


def compare(name, ours, theirs, paths):
    """Sum over the files of the best of several readings, the two taking turns."""
    best = [[float("inf")] * 2 for _ in paths]
    for (index, path), _ in ((item, turn) for item in enumerate(paths) for turn in range(REPEATS)):
        best[index] = [min(old, seconds(read, path)) for old, read in zip(best[index], (ours, theirs))]
    ours_ms, theirs_ms = (1000 * sum(times) / len(paths) for times in zip(*best))
    print(f"{name}: ours {ours_ms:.3f} ms, peer {theirs_ms:.3f} ms, ratio {theirs_ms / ours_ms:.2f}")


def photos_of_12_megapixels():
    """Photos of scikit-image at twice their size, side by side: blurred, with the noise of a sensor, and with much."""
    parts = [cv2.resize(photo[:400, :450], None, fx=2, fy=2) for photo in (coffee(), astronaut())]
    tiled = np.tile(np.hstack(parts), (4, 3, 1))[:3000, :4000]
    noise = np.random.default_rng(0).normal(0, 1, tiled.shape)
    yield "blurred", cv2.GaussianBlur(tiled, (0, 0), 2)
    for name, scale in (("usual", 2), ("noisy", 12)):
        yield name, np.clip(tiled + scale * noise, 0, 255).round().astype(np.uint8)


def compare_profile(name, profile, photo, quality):
    """CPU time of decoding and of converting, best of several turns of all."""
    image, file = Image.fromarray(photo), io.BytesIO()
    image.save(file, "JPEG", quality=quality, icc_profile=profile)
    content = file.getvalue()
    srgb = ImageCms.createProfile("sRGB")
    transform = ImageCms.buildTransform(ImageCms.ImageCmsProfile(io.BytesIO(profile)), srgb, "RGB", "RGB")
    tasks = {
        "opencv": lambda: cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR),
        "own": lambda: read_image(content, color_profile="ignore"),  # by simplejpeg, where it is installed
        "converted": lambda: read_image(content),
        "littlecms": lambda: ImageCms.applyTransform(image, transform),
    }
    best = dict.fromkeys(tasks, float("inf"))
    for _ in range(REPEATS):
        for task, run in tasks.items():
            start = time.process_time()
            run()
            best[task] = min(best[task], time.process_time() - start)
    opencv, own, converted, littlecms = (1000 * value for value in best.values())
    cost = converted - own
    print(
        f"{name}, quality {quality}, {len(content) / 1e6:.1f} MB: converting {cost:.0f} ms, {cost / opencv:.0%} of "
        f"decoding by OpenCV ({opencv:.0f} ms), {cost / own:.0%} of decoding here ({own:.0f} ms); ImageCms "
        f"{littlecms:.0f} ms",
        flush=True,
    )


def main(folder=None):
    """Print the ratios."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as own:
        if folder is None:
            for name, photo in {"astronaut": astronaut(), "chelsea": chelsea(), "coffee": coffee()}.items():
                cv2.imwrite(str(Path(own) / f"{name}.jpg"), photo[..., ::-1])
        paths = [path for path in list_images(folder or own, labels=False).paths.tolist() if path.endswith(".jpg")]
        compare("read_image vs cv2.imread", read_image, cv2.imread, paths)
        compare("read_image, min_size=64 vs cv2.imread", lambda p: read_image(p, min_size=64), cv2.imread, paths)
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.io.icc_profiles import PROFILES, gamma_curve, rgb_profile

    profiles = PROFILES | {"ProPhoto": rgb_profile("ProPhoto", gamma_curve(1.8))}
    for (kind, photo), quality in itertools.product(photos_of_12_megapixels(), (85, 95)):
        for name, profile in profiles.items():
            compare_profile(f"{name}, {kind} photo of 12 megapixels", profile, photo, quality)


if __name__ == "__main__":
    main(*sys.argv[1:])
