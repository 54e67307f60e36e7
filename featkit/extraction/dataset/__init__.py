"""Datasets of features: the folder of a Parquet dataset, its manifest and parts; batches of cluster engines."""
