"""Models against schemas: generated values, judged by jsonschema with its own formats."""
