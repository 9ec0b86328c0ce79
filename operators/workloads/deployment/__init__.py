"""Deployments: which ReplicaSets should there be, and how large?"""
