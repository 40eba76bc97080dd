"""A Django REST framework application with the document that drf-spectacular writes for it."""

from __future__ import annotations

from typing import Any

from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import include, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter


class SongSerializer(serializers.Serializer[Any]):
    """A song."""

    id = serializers.IntegerField(read_only=True)
    title = serializers.CharField(max_length=40)
    seconds = serializers.IntegerField(required=False, allow_null=True)
    price = serializers.DecimalField(max_digits=6, decimal_places=2, required=False)
    mood = serializers.ChoiceField(choices=["glad", "sad"], required=False, allow_blank=True, allow_null=True)


class CoverSerializer(serializers.Serializer[Any]):
    """The cover of a song."""

    image = serializers.FileField(write_only=True)
    size = serializers.IntegerField(read_only=True)


SONGS: dict[int, dict[str, Any]] = {}


class SongViewSet(viewsets.GenericViewSet[Any]):
    """The songs."""

    serializer_class = SongSerializer
    lookup_value_converter = "int"

    def one(self, pk: int) -> dict[str, Any]:
        """Return a song, or answer 404."""
        if pk not in SONGS:
            raise NotFound(f"there is no song {pk}")
        return SONGS[pk]

    def saved(self, request: Request, number: int, *, partial: bool = False) -> dict[str, Any]:
        """Store what was sent under a number."""
        serializer = self.get_serializer(data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        SONGS[number] = {**SONGS.get(number, {}), **serializer.validated_data, "id": number}
        return SONGS[number]

    @extend_schema(
        parameters=[OpenApiParameter("mood", OpenApiTypes.STR, many=True)], responses=SongSerializer(many=True)
    )
    def list(self, request: Request) -> Response:
        """List songs."""
        moods = request.query_params.getlist("mood")
        found = [song for song in SONGS.values() if not moods or song.get("mood") in moods]
        page = self.paginate_queryset(found)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def create(self, request: Request) -> Response:
        """Add a song."""
        song = self.saved(request, max(SONGS, default=0) + 1)
        return Response(self.get_serializer(song).data, 201)

    def retrieve(self, request: Request, pk: int) -> Response:
        """Read a song."""
        return Response(self.get_serializer(self.one(pk)).data)

    def update(self, request: Request, pk: int) -> Response:
        """Replace a song."""
        self.one(pk)
        return Response(self.get_serializer(self.saved(request, pk)).data)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a song."""
        self.one(pk)
        return Response(self.get_serializer(self.saved(request, pk, partial=True)).data)

    def destroy(self, request: Request, pk: int) -> Response:
        """Remove a song."""
        self.one(pk)
        del SONGS[pk]
        return Response(status=204)

    @extend_schema(request=CoverSerializer, responses=CoverSerializer)
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser], serializer_class=CoverSerializer)
    def cover(self, request: Request, pk: int) -> Response:
        """Store a cover."""
        serializer = CoverSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response({"size": serializer.validated_data["image"].size})

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], parser_classes=[JSONParser])
    def sheet(self, request: Request, pk: int) -> HttpResponse:
        """Return the sheet music."""
        return HttpResponse(b"%PDF-1.7", content_type="application/pdf")


router = SimpleRouter(use_regex_path=False)
router.register("songs", SongViewSet, basename="song")
urlpatterns = [
    path("api/", include(router.urls)),
    path("openapi.json", SpectacularAPIView.as_view()),
]
app = get_wsgi_application()
