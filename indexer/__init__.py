"""The write side: check → cut → plan → embed → write edition → load → verify → live. `publish` is the recipe."""
