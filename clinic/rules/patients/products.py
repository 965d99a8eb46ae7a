"""The approved products by all their names. What nobody finds here is "another product" to every rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clinic.rules.patients.names import key_of

# What rules know of a product that is not on file. No product may be called so.
ANOTHER_PRODUCT = "other"


class ProductError(Exception):
    """The table of products cannot be read; says where and why."""


@dataclass(frozen=True)
class Product:
    """One product; `code` is stored and known to rules and labels, the other names are for people."""

    code: str
    brand: str
    generic: str
    target: str

    @property
    def spellings(self) -> frozenset[str]:
        """Every name and every pair of names, as key_of writes them: "Yescarta (axi-cel)" is one of them."""
        names = [key_of(name) for name in (self.code, self.brand, self.generic)]
        return frozenset([*names, *(one + other for one in names for other in names if one != other)])


def parse_products(document: Mapping[str, object]) -> tuple[Product, ...]:
    """The products of a table, by brand; ProductError when one of them cannot be meant."""
    rows = document.get("products")
    if not isinstance(rows, list) or not rows:
        raise ProductError("products: a list is expected")
    products = [_product(place, row) for place, row in enumerate(rows)]
    spellings = [spelling for product in products for spelling in product.spellings]
    if len(set(spellings)) < len(spellings):
        raise ProductError("products: a name is stated twice")
    return tuple(sorted(products, key=lambda product: product.brand))


def find(products: Iterable[Product], name: str) -> Product | None:
    """The product that somebody means, in whatever way they write it."""
    # Marks of a trade are no letters of the name.
    key = key_of(name.replace("®", "").replace("™", ""))
    return next((product for product in products if key in product.spellings), None)


def _product(place: int, row: object) -> Product:
    where = f"products[{place}]"
    if not isinstance(row, Mapping):
        raise ProductError(f"{where}: a map is expected")
    values = {name: row.get(name) for name in ("code", "brand", "generic", "target")}
    for name, value in values.items():
        if not isinstance(value, str) or not key_of(value):
            raise ProductError(f"{where}.{name}: a text is expected")
    product = Product(**{name: str(value) for name, value in values.items()})
    if product.code == ANOTHER_PRODUCT:
        raise ProductError(f"{where}.code: means every product that is not here")
    return product
