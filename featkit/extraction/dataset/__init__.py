"""The folder of a Parquet dataset: its manifest, which says whose it is, and its parts."""
