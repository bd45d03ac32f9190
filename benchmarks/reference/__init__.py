"""A plain training loop, one model at a time: what the workflow's packed one must equal, and what it is timed against.

Written as it is usually written: torch.nn modules, batches padded to the longest input, a DataLoader over users,
candidate vectors gathered, torch's cross entropy and Adam, and after each epoch scores of all items for batches of
users. It does no work that is easily left out (no score for padding, the item table normalised once a step), and knows
nothing of packs.
"""
