"""Batches that are read when they are needed: images of files, slices of arrays on disk."""
