"""Pictures of every screen in the states that matter to it: `make gallery` writes var/gallery/index.html."""
