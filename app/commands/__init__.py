"""The `baraza` commands, one file per noun."""
