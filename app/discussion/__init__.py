"""Threads, posts, revisions, replies, and what facilitators do with them."""
