"""Where every number comes from: a record of each job, and tools that check, walk and pack what the records say."""
