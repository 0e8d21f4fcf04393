"""People and facilitators, coming back, signing in, sessions, and the log of acts."""
