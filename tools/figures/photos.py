"""Figures of photos and garments of others, in folders that are given."""

import re

from .tables import (
    POINTS,
    SCRIPTS,
    Figure,
    printed_by,
    prose_stated,
    table_printed,
    table_stated,
    text_of,
    values_of,
)

TEACHING = "... teach what is foreground by a few masks?"


def flowers_stated() -> list[Figure]:
    """What removing the background gains, in the README."""
    line = re.search(r"17 kinds of flowers.*?\*\*\d+\.\d %\*\*", text_of("README.md"), re.DOTALL)[0]
    names = ("raw pixels", "the whole photo", "the flower alone")
    values = map(float, re.findall(r"(\d+\.\d)[\s*]*%", line))
    return [Figure(f"flowers, {name}", value, 1.0) for name, value in zip(names, values, strict=True)]


def flowers_found(folder: str) -> list[float]:
    """Run the script that measures it."""
    printed = printed_by(f"{SCRIPTS}measure_flowers.py", folder)
    return [float(value) for value in re.findall(r": (\d+\.\d) \+-", printed)]


def network_stated() -> list[Figure]:
    """Accuracy of a pretrained network on the same flowers."""
    beside = "With a pretrained network beside"
    return prose_stated("docs/benchmark.md", beside, r"reaches (\d+\.\d) %", ["network"], 1.0)


def network_found(folder: str) -> list[float]:
    """Run the script on the network that lies beside the flowers."""
    printed = printed_by(f"{SCRIPTS}measure_flowers.py", folder, "--network-file", f"{folder}/lite0.onnx")
    return values_of(r"^network: (\d+\.\d)", printed)


def network_on_forms_stated() -> list[Figure]:
    """Accuracies of a pretrained network and of features on leaves and on digits."""
    pattern = r"tells (\d+\.\d) % where features reach (\d+\.\d) %, of 1,250 handwritten digits (\d+\.\d) % "
    pattern += r"against (\d+\.\d) %"
    names = ["leaves, network", "leaves, features", "digits, network", "digits, features"]
    return prose_stated("docs/benchmark.md", "With a pretrained network beside", pattern, names, 1.0)


def network_on_forms_found(folder: str) -> list[float]:
    """Run the script on the leaves and the network that lies beside them."""
    printed = printed_by(f"{SCRIPTS}measure_network.py", folder, f"{folder}/lite0.onnx")
    pairs = re.findall(r"features (\d+\.\d) %, network (\d+\.\d) %", printed)
    return [float(value) for features, network in pairs for value in (network, features)]


def leaves_stated() -> list[Figure]:
    """Accuracy on leaves, in the README."""
    return [Figure("leaves", float(re.search(r"outlines alone: \*\*(\d+\.\d) %", text_of("README.md"))[1]), POINTS)]


def leaves_found(folder: str) -> list[float]:
    """Run the pipeline of leaves."""
    from pipelines.leaves import evaluate

    return [100 * evaluate(folder)["all"]["accuracy"]]


def garments_stated() -> list[Figure]:
    """Accuracy on Fashion-MNIST, trained on the first 10,000."""
    return table_stated("docs/texture.md", "Garments: Fashion-MNIST", columns=slice(1))


def all_garments_stated() -> list[Figure]:
    """Accuracy on Fashion-MNIST, trained on all."""
    return table_stated("docs/texture.md", "Garments: Fashion-MNIST", columns=slice(1, 2))


def garments_found(source: str, *, n_train: int = 10_000, n_test: int = 2_000) -> list[float]:
    """Run the pipeline of garments."""
    from pipelines.fashion import compare

    return [100 * value for value in compare(source, n_train=n_train, n_test=n_test, verbose=False)["accuracy"]]


def streets_stated() -> list[Figure]:
    """What teaching a foreground gains on photos of streets."""
    names = ["auto", "ten masks", "forty masks", "score_ of ten", "score_ of forty"]
    pattern = (
        r'"auto" reaches an intersection over union of (0\.\d+), ten masks (0\.\d+), forty (0\.\d+),[^;]*; '
        r"`score_` said (0\.\d+) and (0\.\d+)"
    )
    return prose_stated("docs/questions.md", TEACHING, pattern, names, 0.015)


def streets_found(folder: str) -> list[float]:
    """Run the script that measures it."""
    printed = printed_by(f"{SCRIPTS}measure_teaching.py", folder)
    taught = values_of(r" masks, \d+ draws: IoU (0\.\d+)", printed)
    return [*values_of(r"^auto: IoU (0\.\d+)", printed), *taught, *values_of(r"score_ (0\.\d+)", printed)]


def colors_stated() -> list[Figure]:
    """Accuracy of colours counted in several ways, in docs/photos.md."""
    return table_stated("docs/photos.md", "Which colours to count", 1.0)


def colors_found(folder: str) -> list[float]:
    """Run the script that counts colours in several ways."""
    return table_printed(f"{SCRIPTS}measure_flowers.py", folder, "--color")


def small_images_stated() -> list[Figure]:
    """Accuracy of the families for small images, in docs/photos.md."""
    return table_stated("docs/photos.md", "Small colour images", 1.0, columns=slice(1))


def small_images_found(folder: str) -> list[float]:
    """Run the pipeline of objects on small images."""
    from pipelines.objects import compare

    return [100 * value for value in compare(folder, side=32, small=True, verbose=False)["accuracy"]]
