"""One benchmark: its folds, its results, their tables."""
