"""What people and programs see: pages, /api/v1, the agents' side, and the `kb` command line."""
