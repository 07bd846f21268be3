"""The learnable cross-quality shift: its networks and their training. Needs torch; never at run time."""
