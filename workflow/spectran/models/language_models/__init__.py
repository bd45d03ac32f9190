"""Language models as parts of backbones. Imported where one is built only: transformers takes seconds."""
