"""What changes between two versions of a document, and whom it breaks.

`sources` opens the two, `subsets` decides whether every value that fits one schema fits another,
`payloads`, `topics`, `operations`, `servers` and `stubs` compare the parts of the documents, and
`report` writes down what they find.
"""
