"""Which countries texts may go to: an open sender is used to run up bills at foreign numbers."""

import phonenumbers


def may_text(phone: str, *, countries: list[str]) -> bool:
    """Whether a number lies in a listed country.

    A number that is assigned to no country yet, such as an American 555 number, counts as one of those
    that share its calling code. Jamaica's +1 876 is assigned, so it is not taken for the United States.
    """
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return False
    region = phonenumbers.region_code_for_number(number)
    if region is not None:
        return region in countries
    sharing = phonenumbers.region_codes_for_country_code(number.country_code or 0)
    return any(shared in countries for shared in sharing)
