"""
What only agents may ask: search over internal texts too, and replies. Every handler here says `access=Access.AGENT`.
"""
