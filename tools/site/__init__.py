"""The site: hand-written pages, the catalogue of the protocol and the reference, in one folder."""
