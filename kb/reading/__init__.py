"""
A customer's message → what stands in it: `letter` takes off what a mail program and manners add, `clauses` and
`requests` find what is asked, `situations` how the customer feels, `entities` what can be filled in. Pure; the words
are those of `kb/languages/*.toml`. `kb/messages.py` puts it together.
"""
