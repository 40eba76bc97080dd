"""A django-ninja application: routers, schemas, bearer tokens, pages with a count and files."""

import datetime as dt
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from ninja import File, Form, NinjaAPI, Query, Router, Schema, UploadedFile
from ninja.errors import HttpError
from ninja.pagination import paginate
from ninja.security import HttpBearer


class Token(HttpBearer):
    """A bearer token."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        """Return the user of a token."""
        return "ada" if token == "good" else None


api = NinjaAPI(title="Trips", version="1.0")
trips = Router(tags=["trips"])


class TripIn(Schema):
    """A trip to add."""

    to: str
    start: dt.date
    seats: int = 1
    notes: str | None = None


class TripOut(TripIn):
    """A trip."""

    id: int


class Filters(Schema):
    """Items to list."""

    to: str | None = None
    seats: list[int] = []


class Problem(Schema):
    """Why a call failed."""

    message: str


TRIPS: dict[int, dict[str, Any]] = {}


@trips.post("", response={201: TripOut, 409: Problem})
def create_trip(request: HttpRequest, trip: TripIn) -> tuple[int, Any]:
    """Add a trip."""
    if any(each["to"] == trip.to and each["start"] == trip.start for each in TRIPS.values()):
        return 409, {"message": "there is such a trip"}
    number = max(TRIPS, default=0) + 1
    TRIPS[number] = {"id": number, **trip.dict()}
    return 201, TRIPS[number]


@trips.get("", response=list[TripOut])
@paginate
def list_trips(request: HttpRequest, filters: Query[Filters]) -> list[Any]:
    """List trips."""
    return [
        trip
        for trip in TRIPS.values()
        if filters.to in (None, trip["to"]) and (not filters.seats or trip["seats"] in filters.seats)
    ]


@trips.get("/{trip_id}", response={200: TripOut, 404: Problem})
def get_trip(request: HttpRequest, trip_id: int) -> tuple[int, Any]:
    """Read a trip."""
    return (200, TRIPS[trip_id]) if trip_id in TRIPS else (404, {"message": f"there is no trip {trip_id}"})


@trips.delete("/{trip_id}", response={204: None})
def delete_trip(request: HttpRequest, trip_id: int) -> tuple[int, None]:
    """Remove a trip."""
    if TRIPS.pop(trip_id, None) is None:
        raise HttpError(404, "there is no such trip")
    return 204, None


@trips.post("/{trip_id}/ticket", response=dict[str, Any])
def add_ticket(request: HttpRequest, trip_id: int, ticket: File[UploadedFile], seat: Form[int]) -> dict[str, Any]:
    """Attach a ticket."""
    return {"name": ticket.name, "size": ticket.size, "seat": seat}


@api.get("/me", auth=Token(), response=dict[str, str], tags=["users"])
def me(request: HttpRequest) -> dict[str, str]:
    """Return the user of the token."""
    return {"name": str(request.auth)}


@api.get("/calendar", tags=["exports"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Return a calendar; the document does not describe its body."""
    return HttpResponse("BEGIN:VCALENDAR\nEND:VCALENDAR\n", content_type="text/calendar")


api.add_router("/trips", trips)
urlpatterns = [path("api/", api.urls)]
app = get_wsgi_application()
