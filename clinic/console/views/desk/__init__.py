"""The worklist, the handover, the lock."""
