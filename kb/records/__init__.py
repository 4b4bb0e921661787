"""What the service itself remembers, in SQL. Only place that imports sqlalchemy."""
