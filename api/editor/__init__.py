"""What editors ask: how their work stands. Every handler here has `access=Access.EDITOR`."""
