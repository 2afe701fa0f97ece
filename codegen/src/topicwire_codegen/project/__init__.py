"""A new project: a document, a service, a test, and what builds them."""
