"""The controllers that there are. Imports nothing, so that the command line can list them at once."""

CONTROLLERS = ("deployment", "replicaset", "scheduler", "kubelet")
