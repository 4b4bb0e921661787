"""
The gateway to Meilisearch, a disposable cache: everything in it can be made again from an edition.

`binary` finds the managed server's program, `server` runs it, `ownership` decides who may; `access` holds address and
scoped keys; `documents` says what is stored; `writer` is the indexer's side (official client), `reader` the service's
(async). Only place that imports meilisearch and meilisearch_python_sdk.
"""
