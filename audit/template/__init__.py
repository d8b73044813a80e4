"""Files of reply templates to templates: one reader a format, each a module of this package that is found by being there."""
