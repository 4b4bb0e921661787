"""The sample store: its articles tell the policy's numbers, read well, and lack nothing."""
