"""Heirloom's desktop application: PySide6 windows over the engine. No numerics in here."""
