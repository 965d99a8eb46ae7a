"""What the messages app does: queue, send, note receipts, take in what people text back."""
