"""What the document of Moonshot AI cannot say."""
