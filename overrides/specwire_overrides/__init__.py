"""Hand-written code that a document cannot say, one subpackage for each provider."""
