"""One file a platform; extractors.registry finds them."""
