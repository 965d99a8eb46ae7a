"""What can be done: one public function a use-case, its whole body in one transaction, audited."""
