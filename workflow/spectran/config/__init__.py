"""The typed configuration: one frozen model per section, validated before anything runs."""
