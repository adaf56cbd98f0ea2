"""One file a platform: the platform's own contract over the generated world."""
