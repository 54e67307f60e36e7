"""Comparing features honestly: folds, statistics, perturbations, reports."""
