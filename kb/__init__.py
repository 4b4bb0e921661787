"""
What an article is, how a question finds one, what to answer, what to reply. No web framework and no command line
here.
"""
