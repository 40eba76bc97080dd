"""What the document of Mistral AI cannot say."""
