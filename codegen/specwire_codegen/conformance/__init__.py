"""Whether a document, its generated client and a server agree: requests and answers are drawn from the document."""
