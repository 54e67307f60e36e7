"""Looking inside: why a model decides as it does, what a folder of images or a table of features holds."""
