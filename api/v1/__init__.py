"""The JSON interface, version 1. Fields are only ever added."""
