"""Time zones as people choose them."""

from clinic.rules.core.zones import zone_choices, zone_names


def test_zone_is_called_by_its_town_and_none_is_left_out() -> None:
    found = zone_choices()

    assert sorted(name for name, _label in found) == list(zone_names())
    assert [label for _name, label in found] == sorted(label for _name, label in found)
    assert dict(found) | {
        "America/New_York": "New York (America)",
        "America/Argentina/Buenos_Aires": "Buenos Aires (America, Argentina)",
        "UTC": "UTC",
    } == dict(found)
