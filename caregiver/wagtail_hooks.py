"""What the editor offers: guidance pages, pictures, reviews and an overview; nothing else."""

from caregiver.cms import actions, menu, viewsets  # noqa: F401  they register themselves
