"""Measuring Baraza: every figure beside the limit it could reach on the same machine."""
