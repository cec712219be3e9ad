"""Who lives where: places, residents' columns and their synthesis."""
