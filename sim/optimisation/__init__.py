"""The best policy package under a budget: a resumable search, then an honest comparison of the best."""
