"""The pages of alliances, agreements and duties."""
