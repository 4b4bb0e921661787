"""
Approved texts → a reply: `tones` chooses the text of an article, `suggestions` puts beside it what an agent needs to
know, `drafts` makes one reply of several answers. No sentence is made here. `kb/replies.py` puts it together.
"""
