"""What clients in the style of Stainless return and raise: models, responses, pages, events, errors."""
