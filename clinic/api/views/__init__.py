"""One module a resource. A view reads what was sent, makes the call, and answers."""
