"""Where a pretrained network does not win: leaves by their outlines, handwritten digits.

    PYTHONPATH=. python tests/performance/measure_network.py LEAVES NETWORK

LEAVES is a folder as `pipelines.leaves` takes it, NETWORK an ONNX file that takes 224 x 224 RGB images with ImageNet's
mean and standard deviation. Prints mean accuracies over five stratified folds in percent, of the features of both
pipelines and of the network's embedding with a logistic regression behind it, the better of two strengths.
"""

import argparse

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from featkit import ChunkedTransformer, ColorConverter, ImageReader, ONNXEmbedding, Resizer
from pipelines import digits, leaves

N_DIGITS = 1250  # of which four fifths are learnt from
FOLDS = RepeatedStratifiedKFold(n_splits=5, n_repeats=1, random_state=0)


def accuracy_of_network(table, labels):
    """The better of two strengths of regularization, which favours the network."""
    models = [make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=1000)) for c in (0.01, 0.1)]
    return max(cross_val_score(model, table, labels, cv=FOLDS).mean() for model in models)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("leaves")
    parser.add_argument("network")
    options = parser.parse_args()
    network = [ColorConverter(), Resizer(height=224, width=224, mode="pad"), ONNXEmbedding(path=options.network)]
    paths, species = leaves.load_leaves(options.leaves)
    ours = leaves.evaluate(options.leaves)["all"]["accuracy"]
    table = ChunkedTransformer(make_pipeline(ImageReader(), *network)).fit_transform(paths)
    theirs = accuracy_of_network(table, species)
    print(f"{len(paths)} leaves: features {100 * ours:.1f} %, network {100 * theirs:.1f} %", flush=True)
    images, labels = digits.load_digits()
    chosen = np.random.default_rng(0).permutation(len(images))[:N_DIGITS]
    images, labels = images[chosen], labels[chosen]
    ours = cross_val_score(digits.candidates()["normalised HOG + SVM"], images, labels, cv=FOLDS).mean()
    theirs = accuracy_of_network(make_pipeline(*network).fit_transform(images), labels)
    print(f"{len(images)} digits: features {100 * ours:.1f} %, network {100 * theirs:.1f} %")


if __name__ == "__main__":
    main()
