"""Tests. They mirror the rooms of app; what they share is in conftest, factories and needs."""
