"""dlib's ensembles of regression trees: read from its files and asked for many boxes at a time, without dlib."""
