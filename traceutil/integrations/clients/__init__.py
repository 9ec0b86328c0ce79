"""What the integrations of client libraries share: a request is heard, and was it work?"""
