"""What differs between two results, told in plain words: folders of results, or recorded baselines."""
