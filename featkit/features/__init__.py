"""Image to vector: one family of features in each file."""
