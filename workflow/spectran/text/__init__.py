"""From item titles to one frozen embedding matrix per dataset and encoder."""
