"""ReplicaSets: are there as many pods as there should be?"""
