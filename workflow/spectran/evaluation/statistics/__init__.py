"""Are the differences real? Everything here derives from the ranks of ranks.parquet, of users and of seeds."""
