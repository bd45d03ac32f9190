"""Other projects that train the same models, measured in an environment of their own."""
