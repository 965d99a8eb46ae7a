"""Pages of the editor that are ours."""
