"""Many images to one table: chunks, cache, Parquet."""
