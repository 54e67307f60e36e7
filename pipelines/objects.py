"""Objects on colour photos: what an image shows, from its gradients, texture, colours and visual words.

``python -m pipelines.objects FOLDER`` prints the accuracy of every family of features alone and of all together,
beside raw pixels, over stratified folds; with ``--small`` of those for images of 32 x 32 pixels. FOLDER has one
subfolder of images for each class.
"""

import argparse
import os

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, Normalizer, StandardScaler
from sklearn.svm import SVC

from featkit import (
    HOG,
    BackgroundRemover,
    BagOfVisualWords,
    ColorConverter,
    ColorHistogram,
    ColorMoments,
    ForegroundCropper,
    ImageReader,
    LocalBinaryPattern,
    RawPixels,
    Resizer,
    Scattering,
    WhitenedPatches,
    compare_features,
    list_images,
)
from featkit.evaluation import tuned_pixel_svm

WHITE = 1.0  # the background of what is cut out: on the mean colour a plain object would have no outline


def object_families() -> dict[str, Pipeline]:
    """The four families that describe a photo, by name.

    Colour is a joint histogram of 8 x 8 x 8 bins of HSV, of which the square root is taken (Hellinger kernel): how much
    of a colour counts less than whether it is there.

    Returns
    -------
    families : dict of str to transformer
        Images of one size -> table, each row of length 1, so that no family outvotes another by its number of columns.
    """
    extractors = {
        "gradients": HOG(pixels_per_cell=(16, 16), cells_per_block=(2, 2), voting="trilinear", background=WHITE),
        "texture": LocalBinaryPattern(method="nri_uniform", grid=(2, 2), background=WHITE),
        "color": make_pipeline(
            ColorHistogram(joint=True, n_bins=8), FunctionTransformer(np.sqrt, feature_names_out="one-to-one")
        ),
        "words": BagOfVisualWords(n_words=200, cell_size=8, pyramid=(1, 2)),
    }
    return {name: make_pipeline(extractor, Normalizer()) for name, extractor in extractors.items()}


def small_image_families(*, n_words: int = 200) -> dict[str, Pipeline]:
    """The four families that describe a small colour image in which the object fills the frame, by name.

    Fine gradients, mean and spread of the colour in 4 x 4 cells, scattering, and patches learnt from the images
    themselves, on standardised columns. A cell without foreground has the mean colour of that cell in other images.

    Parameters
    ----------
    n_words : int, default=200
        Of `WhitenedPatches`; with thousands of images more are better.

    Returns
    -------
    families : dict of str to transformer
        Images of one size, such as 32 x 32 -> table, each row of length 1.
    """
    fine: dict = {"orientations": 12, "pixels_per_cell": (4, 4), "cells_per_block": (2, 2), "block_norm": "L1-sqrt"}
    extractors = {
        "gradients": HOG(**fine, voting="trilinear", signed=True, background=WHITE),
        "color": make_pipeline(ColorMoments(space="lab", grid=(4, 4)), SimpleImputer(keep_empty_features=True)),
        "waves": Scattering(background=WHITE),
        "patches": WhitenedPatches(n_words=n_words),
    }
    return {name: make_pipeline(extractor, StandardScaler(), Normalizer()) for name, extractor in extractors.items()}


def object_images(*, remove_background: bool = False, side: int = 128) -> Pipeline:
    """From sources to colour images of one size.

    Parameters
    ----------
    remove_background : bool, default=False
        Find the object, cut it out and bring it to the middle of the image: for one whole object on a background that
        tells nothing about it. Else the whole scene is stretched to a square.
    side : int, default=128
        Height and width in pixels.

    Returns
    -------
    steps : Pipeline
    """
    framing = (
        [BackgroundRemover(), ForegroundCropper(height=side, width=side)]
        if remove_background
        else [Resizer(height=side, width=side)]
    )
    return make_pipeline(ImageReader(min_size=None if remove_background else side), ColorConverter(), *framing)


def object_classifier(
    *, remove_background: bool = False, side: int = 128, small: bool = False, C: float = 10.0
) -> Pipeline:
    """Classify colour photos, from paths (or anything else that `featkit.ImageReader` reads) to classes.

    Parameters
    ----------
    remove_background, side
        See `object_images`.
    small : bool, default=False
        Take `small_image_families`, for images of about 32 x 32 pixels (``side=32``).
    C : float > 0, default=10.0
        Of the support vector machine.

    Returns
    -------
    classifier : Pipeline
    """
    families = small_image_families() if small else object_families()
    features = FeatureUnion(list(families.items()))
    return make_pipeline(object_images(remove_background=remove_background, side=side), features, SVC(C=C))


def compare(
    folder: str | os.PathLike,
    *,
    remove_background: bool = False,
    side: int = 128,
    small: bool = False,
    n_splits: int = 5,
    random_state: int = 0,
    verbose: bool = True,
) -> pd.DataFrame:
    """Compare each family, all together and raw pixels on the same stratified folds.

    Parameters
    ----------
    folder : str or PathLike
        One subfolder for each class, see `featkit.list_images`.
    remove_background, side, small
        See `object_classifier`; raw pixels are those of the same images at 32 x 32.
    n_splits : int, default=5
    random_state : int, default=0
        Seed of the folds.
    verbose : bool, default=True
        Show progress and print the table.

    Returns
    -------
    table : pandas.DataFrame
        See `featkit.compare_features`.
    """
    paths, labels, _ = list_images(folder)
    images = object_images(remove_background=remove_background, side=side).fit_transform(paths)
    families = small_image_families() if small else object_families()
    candidates = {**families, "all": FeatureUnion(list(families.items()))}
    folds = StratifiedKFold(n_splits, shuffle=True, random_state=random_state)
    return compare_features(
        {name: make_pipeline(features, SVC(C=10)) for name, features in candidates.items()},
        images,
        labels,
        baseline=make_pipeline(Resizer(height=32, width=32), RawPixels(background=WHITE), tuned_pixel_svm()),
        cv=folds,
        verbose=verbose,
    )


def main(arguments: list[str] | None = None) -> None:
    """Run the comparison from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="images, one subfolder for each class")
    parser.add_argument("--remove-background", action="store_true", help="cut the object out first")
    parser.add_argument("--splits", type=int, default=5, help="folds (default: 5)")
    parser.add_argument("--side", type=int, help="height and width of the images (default: 128, with --small 32)")
    parser.add_argument("--small", action="store_true", help="families for small images")
    options = parser.parse_args(arguments)
    compare(
        options.folder,
        remove_background=options.remove_background,
        side=options.side or (32 if options.small else 128),
        small=options.small,
        n_splits=options.splits,
    )


if __name__ == "__main__":
    main()
