"""What the reference studies allow to be said: their factors, their small results, the pages of both."""
