"""Fit the weights of what looks like a coin on drawn sheets of leaves, and judge them on sheets that they did not see.

    python tools/fit_coin_weights.py [--draws 30]

Each draw has eleven sheets with one coin each. Prints the fraction of coins and of leaves that are told, and the table
to be copied into featkit/preprocessing/foreground/_paper_objects.py.
"""

import argparse

import numpy as np
from fit_saliency_weights import print_table, unscaled
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from featkit.datasets import make_sheets
from featkit.preprocessing.foreground._paper_objects import (
    COIN_WEIGHTS,
    LEAST_COIN,
    coin_cues,
    describe_paper_objects,
)
from featkit.preprocessing.foreground.segmentation import full_lab

FIRST_SEED = 1000


def objects_of_sheets(n_draws):
    """Cues of every object, whether it is a coin, and the draw that it is from."""
    for seed in range(FIRST_SEED, FIRST_SEED + n_draws):
        sheets = make_sheets(11, scale="coin", height=450, width=600, random_state=seed)
        for image, leaves in zip(sheets.images, sheets.labels):
            labels, features = describe_paper_objects(image, full_lab(image))
            areas = np.bincount(labels.ravel(), minlength=len(features) + 1)[1:]
            on_leaves = np.bincount(labels[leaves > 0], minlength=len(features) + 1)[1:]
            large = areas >= LEAST_COIN
            yield coin_cues(features)[large], on_leaves[large] < 0.5 * areas[large], np.full(large.sum(), seed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=30)
    cues, is_coin, draws = map(np.concatenate, zip(*objects_of_sheets(parser.parse_args().draws)))
    model = make_pipeline(StandardScaler(), LogisticRegression(C=10, max_iter=1000))
    found = cross_val_predict(model, cues, is_coin, groups=draws, cv=GroupKFold(5))
    print(
        f"held out: {100 * found[is_coin].mean():.1f} % of {is_coin.sum()} coins told, "
        f"{100 * found[~is_coin].mean():.1f} % of {(~is_coin).sum()} leaves and shreds taken for one"
    )
    print_table("COIN_WEIGHTS", COIN_WEIGHTS, *unscaled(model.fit(cues, is_coin)))


if __name__ == "__main__":
    main()
