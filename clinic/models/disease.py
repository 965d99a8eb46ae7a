"""Which disease somebody was infused for. No rule looks at it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Disease(models.TextChoices):
    """What the products of the catalogue are approved for; any other disease is kept by its words."""

    LARGE_B_CELL = "LBCL", _("Large B-cell lymphoma")
    FOLLICULAR = "FL", _("Follicular lymphoma")
    MANTLE_CELL = "MCL", _("Mantle cell lymphoma")
    MARGINAL_ZONE = "MZL", _("Marginal zone lymphoma")
    CLL = "CLL", _("Chronic lymphocytic leukemia or small lymphocytic lymphoma")
    B_ALL = "B-ALL", _("Acute lymphoblastic leukemia (B-ALL)")
    MYELOMA = "MM", _("Multiple myeloma")
