"""
Markdown → Article: GFM, alerts, callouts, anchors; safe HTML for pages, plain text for the index.

`read` takes a file apart and says what is wrong with it (`draft`); `finish` renders it (`render`), when it is known
which articles customers may be led to. Only place that imports markdown_it, mdit_py_plugins and nh3.
"""

from indexer.markdown.draft import MAX_FILE_BYTES, Draft, Link, read
from indexer.markdown.images import ImageUse, image_path, is_outside
from indexer.markdown.render import finish

__all__ = ["MAX_FILE_BYTES", "Draft", "ImageUse", "Link", "finish", "image_path", "is_outside", "read"]
