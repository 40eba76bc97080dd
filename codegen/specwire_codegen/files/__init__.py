"""Files: what a document may read, the texts it is made of, and the one document that they are put together to."""
