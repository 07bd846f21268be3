"""What Heirloom carries along: models, icons, styles, translations and installer recipes.

The package is the anchor for ``importlib.resources``, so that the files are found in a clone, in an
installation and inside a PyInstaller bundle alike.
"""
