"""Heirloom's engine: what a photo goes through, from file to restored file. No Qt in here."""

__version__ = "0.1.0"
