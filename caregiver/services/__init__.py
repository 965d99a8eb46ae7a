"""What a caregiver can do: one public function a use-case."""
