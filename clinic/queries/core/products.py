"""The catalogue of products, and what a patient's product is to the rules.

What is stored may be older than the catalogue, or a product that is not in it; only codes leave here.
"""

from functools import lru_cache

from clinic.models import Patient
from clinic.models.patient import Target
from clinic.protocols import products_document
from clinic.rules.core.courses import Course
from clinic.rules.patients import products
from clinic.rules.patients.products import ANOTHER_PRODUCT, Product


@lru_cache
def catalogue() -> tuple[Product, ...]:
    """All products on file, by brand."""
    return products.parse_products(products_document())


@lru_cache(maxsize=256)
def find(name: str) -> Product | None:
    """The product of the catalogue that somebody means; None for another product."""
    return products.find(catalogue(), name)


def code_of(given: Patient | Course) -> str:
    """The product of a course, or of a patient's current one, as rules and labels know it."""
    return code_for(given.product)


def code_for(name: str) -> str:
    """The product that somebody means as rules and labels know it."""
    product = find(name)
    return product.code if product else ANOTHER_PRODUCT


def target_of(given: Patient | Course) -> str:
    """What the cells aim at.

    Since the catalogue it is stored with the product. A row from before it may say otherwise than its
    product does, and nobody knows which was mistyped: then the late questions after BCMA are asked.
    """
    product = find(given.product)
    if product is None or product.target == given.target:
        return str(given.target)
    return Target.BCMA.value
