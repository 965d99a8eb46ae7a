"""What is counted ahead for the figures of a clinic."""
