"""A whole Django project in one file: Django REST framework, a token, one INSERT. Nothing is ours."""

import hashlib
import json
import os
import sys
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings

URL = urlsplit(os.environ["FLOOR_DATABASE_URL"])

settings.configure(
    SECRET_KEY="only-for-a-bench-on-this-machine",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": URL.path.strip("/"),
            "USER": URL.username,
            "PASSWORD": URL.password or "",
            "HOST": URL.hostname,
            "PORT": URL.port,
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 12, "timeout": 10}},
        }
    },
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()

from django.db import connection, models  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.authentication import BaseAuthentication  # noqa: E402
from rest_framework.exceptions import AuthenticationFailed  # noqa: E402
from rest_framework.request import Request  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Person(models.Model):
    token_hash = models.CharField(max_length=64, unique=True)
    is_authenticated = True

    class Meta:
        app_label = "floor"
        db_table = "floor_person"


class Row(models.Model):
    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    answers = models.JSONField()

    class Meta:
        app_label = "floor"
        db_table = "floor_row"


class Token(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, None]:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        person = Person.objects.filter(token_hash=hashlib.sha256(token.encode()).hexdigest()).first()
        if person is None:
            raise AuthenticationFailed
        return person, None


class Put(APIView):
    authentication_classes = (Token,)

    def put(self, request: Request, row_id: Any) -> Response:
        Row.objects.create(id=row_id, person=request.user, answers=request.data["answers"])
        return Response({"id": str(row_id)}, status=201)


urlpatterns = [path("api/v1/reports/<uuid:row_id>/", Put.as_view())]


def make_tables(token: str) -> None:
    """Both tables anew, and one person with this token."""
    with connection.schema_editor() as editor:
        for model in (Row, Person):
            editor.execute(f"DROP TABLE IF EXISTS {model._meta.db_table} CASCADE")
        for model in (Person, Row):
            editor.create_model(model)
    Person.objects.create(token_hash=hashlib.sha256(token.encode()).hexdigest())


if __name__ == "__main__":
    make_tables(sys.argv[1])
    print(json.dumps({"made": True}))
else:
    from django.core.asgi import get_asgi_application
    from django.core.wsgi import get_wsgi_application

    # The same program under a synchronous and an asynchronous server.
    application = get_wsgi_application()
    asgi_application = get_asgi_application()
