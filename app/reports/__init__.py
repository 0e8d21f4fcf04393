"""From facts to a document to its formats."""
