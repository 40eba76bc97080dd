"""What the document of AITRE cannot say."""
