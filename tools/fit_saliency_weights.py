"""Fit the weights of the foreground prior and of the vote on photos with masks, and judge them by cross-validation.

    python tools/fit_saliency_weights.py FOLDER

FOLDER holds ``images/NAME.jpg`` and ``masks/NAME.png`` (0 and 255). Prints the held-out overlap and the tables to be
copied into featkit/preprocessing/foreground/saliency/.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from featkit.preprocessing.foreground.saliency._proposals import (
    OVERLAP_WEIGHTS,
    VOTE_TEMPERATURE,
    cut_proposals,
    overlap_cues,
)
from featkit.preprocessing.foreground.saliency._saliency import CUE_WEIGHTS, border_contacts, saliency_cues
from featkit.preprocessing.foreground.saliency._superpixels import color_moments, shared_borders, slic
from featkit.preprocessing.foreground.segmentation import small_lab

N_FOLDS = 10


class Photo:
    def __init__(self, image, mask):
        lab = small_lab(image)
        labels, n_labels = slic(lab)
        self.moments = color_moments(lab, labels, n_labels)
        self.graph = (self.moments, *shared_borders(lab, labels, n_labels))
        self.cues = saliency_cues(lab, labels, self.moments, self.graph[1])
        self.contact = border_contacts(labels, n_labels).sum(axis=0)
        small = cv2.resize(mask.astype(np.float32), labels.shape[::-1], interpolation=cv2.INTER_AREA)
        self.cover = np.bincount(labels.ravel(), small.ravel(), n_labels) / self.moments[:, 0]

    def propose(self, log_odds):
        areas = self.moments[:, 0] / self.moments[:, 0].sum()
        self.proposals = cut_proposals(*self.graph, log_odds)
        self.overlap_cues = overlap_cues(self.proposals, areas, self.graph[1], self.contact, log_odds)
        self.overlaps = np.array([self.overlap(proposal) for proposal in self.proposals])

    def overlap(self, inside):
        pixels = self.moments[:, 0]
        return (pixels * np.minimum(self.cover, inside)).sum() / (pixels * np.maximum(self.cover, inside)).sum()


def load(folder):
    for path in sorted((folder / "images").iterdir()):
        image = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        mask = cv2.imread(str(folder / "masks" / f"{path.stem}.png"), cv2.IMREAD_GRAYSCALE) > 127
        yield Photo(image, mask)


def logistic():
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))


def ridge():
    return make_pipeline(StandardScaler(), Ridge(30))


def unscaled(model):
    """Weights and intercept of a linear model on the raw columns."""
    scaler, linear = model[0], model[-1]
    weights = np.ravel(linear.coef_) / scaler.scale_
    return weights, float(np.ravel(linear.intercept_)[0] - weights @ scaler.mean_)


def held_out_log_odds(photos):
    cues = np.concatenate([photo.cues for photo in photos])
    truth = np.concatenate([photo.cover for photo in photos]) > 0.5
    groups = np.repeat(np.arange(len(photos)), [len(photo.cues) for photo in photos])
    log_odds = np.empty(len(truth))
    for train, test in GroupKFold(N_FOLDS).split(cues, truth, groups):
        log_odds[test] = logistic().fit(cues[train], truth[train]).decision_function(cues[test])
    print(f"prior: held-out AUC {roc_auc_score(truth, log_odds):.4f}")
    return [log_odds[groups == i] for i in range(len(photos))], unscaled(logistic().fit(cues, truth))


def held_out_vote(photos):
    cues = np.array([photo.overlap_cues for photo in photos])
    overlaps = np.array([photo.overlaps for photo in photos])
    n, k, m = cues.shape
    expected = np.empty((n, k))
    order = np.arange(n)
    for train, test in GroupKFold(N_FOLDS).split(order, groups=order):
        model = ridge().fit(cues[train].reshape(-1, m), overlaps[train].ravel())
        expected[test] = model.predict(cues[test].reshape(-1, m)).reshape(-1, k)
    votes = np.exp((expected - expected.max(axis=1, keepdims=True)) / VOTE_TEMPERATURE)
    voted = [
        photo.overlap((vote / vote.sum()) @ photo.proposals >= 0.5) for photo, vote in zip(photos, votes, strict=True)
    ]
    best = overlaps[order, expected.argmax(axis=1)]
    print("mean overlap of each start:", " ".join(f"{value:.3f}" for value in overlaps.mean(axis=0)))
    print(f"held-out overlap on superpixels: best proposal {best.mean():.4f}, vote {np.mean(voted):.4f}")
    print(f"correlation of expected and true overlap {np.corrcoef(expected.max(axis=1), voted)[0, 1]:.3f}")
    return unscaled(ridge().fit(cues.reshape(-1, m), overlaps.ravel()))


def print_table(title, names, weights, intercept):
    print(f"\n{title} = {{")
    for name, weight in zip(names, weights, strict=True):
        print(f'    "{name}": {weight:.4f},')
    print(f"}}\nintercept: {intercept:.4f}")


def main():
    if len(sys.argv) != 2 or not Path(sys.argv[1], "masks").is_dir():
        raise SystemExit(__doc__)
    photos = list(load(Path(sys.argv[1])))
    log_odds, prior = held_out_log_odds(photos)
    for photo, odds in zip(photos, log_odds, strict=True):
        photo.propose(odds)
    vote = held_out_vote(photos)
    print_table("CUE_WEIGHTS", CUE_WEIGHTS, *prior)
    print_table("OVERLAP_WEIGHTS", OVERLAP_WEIGHTS, *vote)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
