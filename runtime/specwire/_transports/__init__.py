"""HTTP libraries other than httpx2 behind the seam of the transports."""
