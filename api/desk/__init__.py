"""
The pages for agents and editors: signing in, the console, search, articles with what is internal in them, insights.
"""
