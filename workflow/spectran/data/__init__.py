"""Raw reviews or a user's own tables in; numbered leave-one-out splits out."""
