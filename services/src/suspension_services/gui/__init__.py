"""The web GUI: state, texts, history and report without network; service, pages and components."""
