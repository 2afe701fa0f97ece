# Generated from asyncapi.yaml by topicwire-codegen 0.1. DO NOT EDIT.
"""The stubs of this package for asyncio; the names are the same."""
