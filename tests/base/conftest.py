"""What the oldest supported scikit-learn has not."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("sklearn.callback") else ["test_callbacks.py"]  # scikit-learn 1.9 brought them
