from django.utils import timezone

from caregiver.services.guidance import defaults, readiness


def test_without_a_live_page_families_have_nothing_to_read(clinic, now):
    (found,) = readiness.missing(now=now)

    assert (found.code, found.alarms) == ("no_guidance", True)
    assert "load_guidance" in found.todo


def test_what_ships_is_complete(clinic):
    # The editor dates what goes live by the clock.
    defaults.load(now=timezone.now())

    assert readiness.missing(now=timezone.now()) == ()
