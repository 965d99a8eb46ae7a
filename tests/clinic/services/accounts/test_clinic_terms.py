import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, ClinicTerms
from clinic.models.clinic_terms import TEXT_AT_MOST
from clinic.services.accounts import clinic_terms
from tests import factories

pytestmark = pytest.mark.django_db

ENGLISH = {"terms": "Call us.", "privacy": "We keep it."}


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


@pytest.fixture
def publish(clinic, lead, now):
    def call(texts=None, seen=0, asks_again=True, by=lead):
        return clinic_terms.publish(
            clinic_id=clinic.pk,
            texts=texts or {"en": ENGLISH},
            asks_again=asks_again,
            seen=seen,
            by=by,
            now=now,
        )

    return call


def test_each_change_is_a_new_version_and_the_first_one_always_asks(publish):
    first = publish(asks_again=False)
    second = publish({"en": ENGLISH | {"terms": "Call us first."}}, seen=1, asks_again=False)

    assert (first.number, first.asks_again) == (1, True)
    assert (second.number, second.asks_again) == (2, False)
    details = list(AuditEvent.objects.filter(action="clinic_terms.published").order_by("at", "pk"))
    assert sorted(row.detail["number"] for row in details) == [1, 2]
    assert all("Call" not in str(row.detail) for row in details)


def test_the_same_again_is_no_new_version_also_by_a_second_click(publish):
    first = publish()
    again = publish(
        {"en": {"terms": "Call us.\r\n ", "privacy": "We keep it."}, "es": {"terms": " "}}, seen=0
    )

    assert again == first
    assert ClinicTerms.objects.count() == 1


def test_who_wrote_meanwhile_is_not_overwritten_unseen(publish):
    latest = publish()
    with pytest.raises(clinic_terms.PublishedMeanwhile) as meanwhile:
        publish({"en": ENGLISH | {"terms": "Other."}}, seen=0)
    assert meanwhile.value.latest == latest


@pytest.mark.parametrize(
    ("texts", "refusal"),
    [
        ({"es": ENGLISH}, clinic_terms.EnglishNeeded),
        ({"en": ENGLISH | {"privacy": " \n"}}, clinic_terms.EnglishNeeded),
        ({"en": ENGLISH | {"terms": "x" * (TEXT_AT_MOST + 1)}}, clinic_terms.TooLong),
    ],
)
def test_what_nobody_could_read_is_refused(publish, texts, refusal):
    with pytest.raises(refusal):
        publish(texts)


def test_only_who_runs_this_clinic_publishes(publish, nurse, other_clinic):
    with pytest.raises(NotAllowed):
        publish(by=nurse)
    with pytest.raises(NotVisible):
        publish(by=factories.StaffFactory(clinic=other_clinic, role="administrator").user)
