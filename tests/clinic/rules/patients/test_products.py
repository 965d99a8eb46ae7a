"""The catalogue of products."""

import pytest

from clinic.models.patient import Target
from clinic.protocols import products_document, windows_document
from clinic.rules.patients import products, windows

CATALOGUE = products.parse_products(products_document())


def test_every_product_on_file_has_a_target_and_the_days_of_a_label():
    labelled = {name for label in windows.parse_labels(windows_document()) for name in label.products}

    assert {product.code for product in CATALOGUE} == labelled
    assert {product.target for product in CATALOGUE} == set(Target.values)
    assert len(CATALOGUE) == 7


@pytest.mark.parametrize(
    "name", ["cilta-cel", "CILTA CEL", "Carvykti®", "ciltacabtagene autoleucel", "Carvykti (cilta-cel)"]
)
def test_product_is_found_by_each_of_its_names(name):
    product = products.find(CATALOGUE, name)

    assert product is not None
    assert (product.code, product.target) == ("cilta-cel", "BCMA")


@pytest.mark.parametrize("name", ["", " ", "Carvykt", "other", "test", "cilta", "zevor-cel"])
def test_anything_else_is_another_product(name):
    assert products.find(CATALOGUE, name) is None


ROW = {"code": "a-cel", "brand": "A", "generic": "a a", "target": "CD19"}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"products": []},
        {"products": ["a-cel"]},
        {"products": [{**ROW, "target": None}]},
        {"products": [{**ROW, "brand": "®"}]},
        {"products": [{**ROW, "code": "other"}]},
        {"products": [ROW, {**ROW, "code": "b-cel"}]},
    ],
)
def test_table_that_cannot_be_meant_is_refused(document):
    with pytest.raises(products.ProductError):
        products.parse_products(document)
