"""The kubelet's part: pods that were given to a node run there, or say why they do not."""
