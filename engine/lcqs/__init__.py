"""The learnable cross-quality shift: encoder, generator, shift, level, and their training. Needs torch; never at run time."""
