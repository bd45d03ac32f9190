"""From trained members to each user's target rank and its metrics. The only reader of the test split."""
