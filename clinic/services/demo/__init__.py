"""The demo: two made-up clinics with staff, patients, families and a few days of their story."""

from clinic.services.demo.listing import load_and_list
from clinic.services.demo.loading import Loaded, NotADemo, NotItsOwn, load
from clinic.services.demo.owning import owns_database
from clinic.services.demo.people import PASSWORD

__all__ = ["PASSWORD", "Loaded", "NotADemo", "NotItsOwn", "load", "load_and_list", "owns_database"]
