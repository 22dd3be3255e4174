"""Money owed to promoters: booking, maturing, holding, reversing; points go with them."""
