"""The HTTP API, version 1: what the phone and other systems speak (docs: /api/docs/)."""
