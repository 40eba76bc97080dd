"""Operations, parameters and streams in canonical form."""
