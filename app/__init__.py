"""Baraza: an asynchronous, multilingual consultation forum."""
