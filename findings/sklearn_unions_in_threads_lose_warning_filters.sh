#!/usr/bin/env bash
# scikit-learn 1.9: a FeatureUnion that several threads use at once empties the filters of warnings of the process, so
# that what the user ignored is shown from then on; every branch sets them aside and back (Python before 3.14 has one
# list of filters for all threads). Exits 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 scikit-learn==1.9.1 joblib==1.6.0
"$folder/venv/bin/python" - 2>"$folder/warnings" <<'PYTHON'
import sys
import warnings

import numpy as np
import sklearn
from joblib import Parallel, delayed
from sklearn.pipeline import make_union
from sklearn.preprocessing import FunctionTransformer

print(f"scikit-learn {sklearn.__version__}, Python {sys.version.split()[0]}")
union = make_union(FunctionTransformer(), FunctionTransformer()).fit(np.ones((2, 2)))
sys.setswitchinterval(1e-6)  # threads take turns more often: it needs fewer calls
for calls in range(500, 50_001, 500):
    warnings.resetwarnings()
    warnings.filterwarnings("ignore", "a warning of the user")
    Parallel(n_jobs=4, prefer="threads")(delayed(union.transform)(np.ones((2, 2))) for _ in range(500))
    if not warnings.filters:
        print(f"no filter of warnings is left after some {calls} calls in four threads")
        sys.exit(0)
sys.exit(1)
PYTHON
