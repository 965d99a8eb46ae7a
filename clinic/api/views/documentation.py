"""The OpenAPI document, and the same as a page to read. Neither holds any data of a clinic."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from clinic.api.endpoint import ERRORS
from clinic.api.parsing import LARGEST_BODY
from clinic.rules.core.strict_json import DEEPEST

# These say more than their format does: a number, not a double.
_OWN_WORDS = frozenset({"null", "number", "integer"})


def calls_of_the_api(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """What the document is about: the editor brings calls of its own, which are nobody's interface."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/")]


@lru_cache(maxsize=len(settings.LANGUAGES))
def document_in(language: str | None) -> dict[str, Any]:
    """The whole document, with descriptions in this language. Looking through every call takes its time, and
    they stay the same as long as the process lives."""
    with translation.override(language):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


class _MadeOnce(SchemaGenerator):
    """In place of a generator, which would look through every call for each caller."""

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        return document_in(translation.get_language())


class Schema(SpectacularAPIView):
    """OpenAPI 3.1: JSON, or YAML where the caller asks for it."""

    renderer_classes = [OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer]
    permission_classes = [AllowAny]
    authentication_classes = []
    metadata_class = None
    generator_class = _MadeOnce


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every address of the API on one page, made from the OpenAPI document."""
    document = document_in(translation.get_language())
    shapes = document["components"]["schemas"]
    return render(
        request,
        "api/docs.html",
        {
            "calls": [
                _call(path, method, call, shapes)
                for path, calls in document["paths"].items()
                for method, call in calls.items()
            ],
            "shapes": [
                _shape(name, shape, shapes) for name, shape in shapes.items() if shape.get("properties")
            ],
            "base_url": settings.PUBLIC_BASE_URL,
            "errors": ERRORS,
            "largest_kilobytes": LARGEST_BODY // 1024,
            "deepest": DEEPEST,
        },
    )


def _call(path: str, method: str, call: dict[str, Any], shapes: dict[str, Any]) -> dict[str, Any]:
    body = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "id": call["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": call.get("summary", ""),
        "description": _plain(call),
        "parameters": [
            {**parameter, "type": _type(parameter["schema"], shapes), "description": _plain(parameter)}
            for parameter in call.get("parameters", [])
        ],
        "takes": _type(body, shapes) if body else None,
        "answers": [
            {
                "status": status,
                "type": _type(
                    answer.get("content", {}).get("application/json", {}).get("schema", {}), shapes
                ),
                "description": _plain(answer),
            }
            for status, answer in sorted(call["responses"].items())
            # What every call may answer is said once, above them.
            if int(status) not in ERRORS
        ],
    }


def _shape(name: str, shape: dict[str, Any], shapes: dict[str, Any]) -> dict[str, Any]:
    required = shape.get("required", [])
    return {
        "name": name,
        "description": _plain(shape),
        "fields": [
            {
                "name": field,
                "type": _type(detail, shapes),
                "required": field in required,
                "description": _plain(detail),
            }
            for field, detail in shape["properties"].items()
        ],
    }


def _plain(described: dict[str, Any]) -> str:
    """A description without the marks of Markdown and the line ends of its source; paragraphs stay apart."""
    text = str(described.get("description", "")).replace("`", "")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _type(schema: dict[str, Any], shapes: dict[str, Any]) -> dict[str, str]:
    """A type in a few words with every value that it can have, and the shape that it leads to."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        # Lists of values are no shapes of their own on the page: they stand where they are meant.
        named = shapes[name]
        return {"words": name, "shape": name} if "properties" in named else _type(named, shapes)
    for joined in ("allOf", "oneOf", "anyOf"):
        parts = [_type(part, shapes) for part in schema.get(joined, [])]
        if parts:
            shape = next((part["shape"] for part in parts if part["shape"]), "")
            return {"words": " or ".join(part["words"] for part in parts), "shape": shape}
    if schema.get("type") == "array":
        inner = _type(schema.get("items", {}), shapes)
        return {"words": f"list of {inner['words']}", "shape": inner["shape"]}
    if "enum" in schema:
        return {"words": " | ".join(_value(value) for value in schema["enum"]), "shape": ""}
    kinds = schema.get("type", "anything")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    words = [kind if kind in _OWN_WORDS else str(schema.get("format", kind)) for kind in kinds]
    return {"words": " or ".join(words), "shape": ""}


def _value(value: Any) -> str:
    if value is None:
        return "null"
    return str(value) or "(empty)"
