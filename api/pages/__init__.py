"""Pages for customers: one module per page, with its handler and the dataclass that its template receives."""
