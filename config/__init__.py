"""Settings, addresses and processes of the project; knows every app, no app knows it."""
