#!/usr/bin/env bash
# dlib 20.0: __setstate__ of an object that exists changes nothing and says nothing: a rectangle keeps its corners, a
# detector its filters and its number of levels. Only a new object (kind.__new__(kind), as pickle makes it) takes the
# state, so that featkit gives a changed detector's state to a new one. Exits 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dlib-bin==20.0.1.post1
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import dlib

print(f"dlib-bin {version('dlib-bin')}, Python {sys.version.split()[0]}")
wanted = dlib.rectangle(5, 6, 7, 8)
old = dlib.rectangle(1, 2, 3, 4)
new = dlib.rectangle.__new__(dlib.rectangle)
answers = [each.__setstate__(wanted.__getstate__()) for each in (old, new)]
print(f"state of {wanted} given to an object of its own: {old}, to a new one: {new}, returned: {answers}")
sys.exit(not (old == dlib.rectangle(1, 2, 3, 4) and new == wanted))
PYTHON
