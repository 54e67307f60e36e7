"""Peak memory above imports: the README's folder example, other chains, and one image on every path of a reader.

`python tests/performance/measure_memory.py [n_images]`, 300 photos of 12 megapixels unless told otherwise: 30 files,
the others hard links to them; 0 measures the paths of the reader alone. Every line is a process of its own; its peak
is that of the system (VmHWM).
"""

import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

HEIGHT, WIDTH, N_FILES = 3000, 4000, 30


def write_photos(folder, n_images):
    """Photos of a bright blob on a ground that varies, in two classes; files differ up to `N_FILES`."""
    rng = np.random.default_rng(0)
    row, col = np.ogrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    noise = rng.normal(0, 4, (HEIGHT, WIDTH, 3)).astype(np.float32)
    for index in range(n_images):
        path = Path(folder) / "photos" / "ab"[index % 2] / f"{index}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        if index >= N_FILES:
            os.link(path.with_name(f"{index % N_FILES}.jpg"), path)
            continue
        tall, broad, down, right = rng.uniform([0.2, 0.2, -0.3, -0.3], [0.6, 0.6, 0.3, 0.3])
        blob = np.exp(-((((row - down) / tall) ** 2 + ((col - right) / broad) ** 2) ** 3)).astype(np.float32)
        image = 60 + 30 * row[..., np.newaxis].astype(np.float32) + np.roll(noise, index, axis=1)
        image += blob[..., np.newaxis] * rng.uniform(60, 160, 3).astype(np.float32)
        cv2.imwrite(str(path), np.clip(image, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 90])


def memory_now():
    """Bytes of this process that are in memory now, and the most that ever were."""
    status = Path("/proc/self/status").read_text()
    return [1024 * int(status.partition(f"{name}:")[2].split()[0]) for name in ("VmRSS", "VmHWM")]


def run_chain(name, folder):
    """Fit a chain on the photos of a folder and print what it took."""
    from sklearn.pipeline import make_pipeline, make_union

    from featkit import (
        HOG,
        BackgroundRemover,
        ChunkedTransformer,
        ColorHistogram,
        ForegroundCropper,
        ImageReader,
        RegionMeasurements,
        list_images,
    )

    described = make_union(HOG(), ColorHistogram())
    crop = make_pipeline(ForegroundCropper(height=128, width=128), described)
    readme = make_pipeline(ImageReader(), BackgroundRemover(), make_union(RegionMeasurements(), crop))
    chains = {
        "README, chunks": ChunkedTransformer(readme),
        "README without chunks": readme,
        "one branch": make_pipeline(ImageReader(), BackgroundRemover(), *(step for _, step in crop.steps)),
        "bare loop": None,
    }
    small = np.random.default_rng(0).integers(0, 256, (2, 200, 300, 3)).astype(np.uint8)
    readme.fit_transform(small)  # compiled kernels and imports do not count
    paths, _, _ = list_images(folder)
    before, start = memory_now()[0], time.process_time()
    if chains[name] is None:
        rows = np.concatenate([readme.transform([path]) for path in paths])
    else:
        rows = chains[name].fit_transform(paths)
    seconds = time.process_time() - start
    peak = memory_now()[1] - before
    digest = hashlib.sha256(rows.tobytes()).hexdigest()[:8]
    print(f"| {name} | {len(paths)} | {peak / 1e6:.0f} | {seconds / len(paths):.3f} | {digest} |")


READERS = {
    "JPEG": ".jpg",
    "JPEG, min_size=128": ".jpg",
    "PNG": ".png",
    "PNG, 16 bits": ".png",
    "TIFF": ".tif",
    "TIFF, deflate": ".tif",
    "WebP": ".webp",
    "GIF": ".gif",
    "BMP": ".bmp",
    "PPM": ".ppm",
    "AVIF": ".avif",
    "AVIF, 10 bits": ".avif",
    "HEIC": ".heic",
    "JPEG 2000": ".jp2",
    "JPEG 2000, 16 bits": ".jp2",
    "JPEG XL": ".jxl",
    "DICOM": ".dcm",
    "mask, PNG": ".png",
    "mask beside a JPEG": ".jpg",
    "bytes": ".jpg",
    "open file": ".jpg",
    "Pillow image": ".jpg",
    "URL (memory://)": ".jpg",
    "zip entry": ".jpg",
    "tar member": ".jpg",
}


def write_source(name, folder):
    """A file of 12 megapixels for a path of the reader."""
    import tifffile
    from PIL import Image

    image = np.random.default_rng(0).integers(0, 40, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    path = Path(folder) / f"a{READERS[name]}"
    if name.startswith("mask, "):
        image = np.where(image[..., 0] > 20, 255, 0).astype(np.uint8)
    if name.startswith("TIFF"):
        tifffile.imwrite(path, image, compression="deflate" if "deflate" in name else None, rowsperstrip=64)
    elif name.startswith(("AVIF", "HEIC", "JPEG 2000", "JPEG XL", "DICOM")):
        path.write_bytes(encoded(name, image))
    elif "16 bits" in name:
        cv2.imwrite(str(path), image.astype(np.uint16) << 10)
    else:
        Image.fromarray(image).save(path)
    if name == "mask beside a JPEG":
        Image.fromarray(np.where(image[..., 0] > 20, 255, 0).astype(np.uint8)).save(path.with_name("a_mask.png"))
    return path


def encoded(name, image):
    """A file of a format of the extras; with less detail, since their encoders are slow."""
    import io

    import imagecodecs
    import pillow_heif
    from PIL import Image

    smooth = cv2.resize(image[::50, ::50] * 6, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    deep = smooth.astype(np.uint16) * 257
    file = io.BytesIO()
    if name == "AVIF":
        Image.fromarray(smooth).save(file, "AVIF", speed=10)
    elif name == "AVIF, 10 bits":
        file.write(imagecodecs.avif_encode(deep >> 6, level=75, speed=10, bitspersample=10, numthreads=2))
    elif name == "HEIC":
        pillow_heif.from_pillow(Image.fromarray(smooth)).save(file, quality=60)
    elif name == "JPEG XL":
        file.write(imagecodecs.jpegxl_encode(smooth, level=80, effort=3, numthreads=2))
    elif name == "DICOM":
        file.write(dicom(smooth))
    else:
        file.write(imagecodecs.jpeg2k_encode(deep if "16 bits" in name else smooth, level=40, codecformat="jp2"))
    return file.getvalue()


def dicom(pixels):
    import io

    import pydicom

    file = pydicom.Dataset()
    file.file_meta = pydicom.dataset.FileMetaDataset()
    file.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    file.file_meta.MediaStorageSOPClassUID = file.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    file.file_meta.MediaStorageSOPInstanceUID = file.SOPInstanceUID = "1.2.3"
    file.Rows, file.Columns = pixels.shape[:2]
    file.SamplesPerPixel, file.PlanarConfiguration, file.PhotometricInterpretation = 3, 0, "RGB"
    file.BitsAllocated = file.BitsStored = 8
    file.HighBit, file.PixelRepresentation = 7, 0
    file.PixelData = pixels.tobytes()
    file["PixelData"].VR = "OB"
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, file, enforce_file_format=True)
    return buffer.getvalue()


def run_reader(name, folder):
    """Read one image and print what it took."""
    import tarfile
    import zipfile

    import PIL.Image

    from featkit import ImageReader
    from featkit.io.inputs.shards import ShardPart

    path = Path(folder) / f"a{READERS[name]}"
    options = {}
    source = path
    if "min_size" in name:
        options["min_size"] = 128
    if name.startswith("mask, "):
        options["as_mask"] = True
    if name == "mask beside a JPEG":
        options["mask_pattern"] = "{parent}/{folder}/{stem}_mask.png"
    ImageReader(**options).find_errors([path.with_name("nothing")])
    if name == "bytes":
        source = path.read_bytes()
    elif name == "open file":
        source = path.open("rb")
    elif name == "URL (memory://)":
        import fsspec

        fsspec.filesystem("memory").pipe("/a.jpg", path.read_bytes())
        source = "memory://a.jpg"
    elif name == "zip entry":
        with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
            archive.write(path, "a.jpg")
        source = f"zip://a.jpg::{path.with_suffix('.zip')}"
    elif name == "tar member":
        with tarfile.open(path.with_suffix(".tar"), "w") as archive:
            archive.add(path, "a.jpg")
    before = memory_now()[0]
    if name == "tar member":
        source = next(ShardPart(str(path.with_suffix(".tar"))).open()).source
    elif name == "Pillow image":
        source = PIL.Image.open(path)
    image = ImageReader(**options).transform([source])[0]
    peak, n_bytes = memory_now()[1] - before, os.path.getsize(path)
    sizes = f"{n_bytes / 1e6:.1f} | {image.nbytes / 1e6:.0f} | {peak / 1e6:.0f} | {peak / (HEIGHT * WIDTH):.1f}"
    print(f"| {name} | {sizes} |")


def main():
    if len(sys.argv) == 4:
        {"chain": run_chain, "reader": run_reader, "write": write_source}[sys.argv[1]](*sys.argv[2:])
        return
    n_images = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    sys.stdout.reconfigure(line_buffering=True)
    with tempfile.TemporaryDirectory() as folder:
        print("| path of the reader | file, MB | image, MB | peak, MB | bytes per pixel |\n|---|---:|---:|---:|---:|")
        for name in READERS:
            one = Path(folder) / "one"
            one.mkdir()
            subprocess.run([sys.executable, __file__, "write", name, str(one)], check=True)
            subprocess.run([sys.executable, __file__, "reader", name, str(one)], check=True)
            for path in one.iterdir():
                path.unlink()
            one.rmdir()
        if not n_images:
            return
        write_photos(folder, n_images)
        print("\n| chain | photos | peak, MB | CPU seconds per photo | rows |\n|---|---:|---:|---:|---:|")
        for name in ("bare loop", "README, chunks", "one branch", "README without chunks"):
            subprocess.run([sys.executable, __file__, "chain", name, f"{folder}/photos"], check=True)
    print(f"\npeak of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")


if __name__ == "__main__":
    main()
