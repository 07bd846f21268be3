"""The other systems of the poster's table: small where the originals are large, faithful in the idea."""
