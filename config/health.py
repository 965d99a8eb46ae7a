"""Is it alive, is it ready, does the engine move."""

from django.http import HttpRequest, JsonResponse
from django.urls import path


def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


urlpatterns = [path("live", live, name="health_live")]
