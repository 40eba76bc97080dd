"""Results and errors of clients in the style of Stainless: models, responses, pages, events, errors."""
