"""Operations of an API and the requests that call them."""
