"""The scheduler: on which node should this pod run?"""
