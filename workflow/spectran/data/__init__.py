"""Raw reviews or a user's own tables in; numbered splits out."""
