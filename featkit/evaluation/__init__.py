"""Comparing features honestly: folds, statistics, learning curves, changed pictures, costs, duplicates."""
