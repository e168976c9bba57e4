"""Does anything written into an answer earn what the answer did not?"""
