"""A flask-smorest application: blueprints, marshmallow schemas, pages in a header and entity tags."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Flask, Response
from flask.views import MethodView
from flask_smorest import Api, Blueprint, abort
from flask_smorest.fields import Upload

flask = Flask(__name__)
flask.config.update(
    API_TITLE="Plants",
    API_VERSION="1",
    OPENAPI_VERSION="3.0.3",
    OPENAPI_URL_PREFIX="/",
    OPENAPI_JSON_PATH="openapi.json",
)
api = Api(flask)
plants = Blueprint("Plants", "plants", url_prefix="/plants", description="The plants of a garden.")


class PlantSchema(ma.Schema):
    """A plant."""

    id = ma.fields.Integer(dump_only=True)
    name = ma.fields.String(required=True, validate=ma.validate.Length(min=1))
    height = ma.fields.Float(allow_none=True)
    kind = ma.fields.String(validate=ma.validate.OneOf(["tree", "herb"]))


class FilterSchema(ma.Schema):
    """Items to list."""

    kind = ma.fields.String()
    ids = ma.fields.List(ma.fields.Integer())


class PhotoSchema(ma.Schema):
    """A photo of a plant."""

    photo = Upload(required=True)


PLANTS: dict[int, dict[str, Any]] = {}


def plant_of(plant_id: int) -> dict[str, Any]:
    """Return a plant, or answer 404."""
    if plant_id not in PLANTS:
        abort(404, message=f"there is no plant {plant_id}")
    return PLANTS[plant_id]


@plants.route("/")
class Plants(MethodView):
    """The collection."""

    @plants.arguments(FilterSchema, location="query")
    @plants.response(200, PlantSchema(many=True))
    @plants.paginate(max_page_size=2, page_size=2)
    def get(self, wanted: dict[str, Any], pagination_parameters: Any) -> list[dict[str, Any]]:
        """List plants."""
        found = [
            plant
            for plant in PLANTS.values()
            if wanted.get("kind") in (None, plant.get("kind")) and plant["id"] in wanted.get("ids", [plant["id"]])
        ]
        pagination_parameters.item_count = len(found)
        return found[pagination_parameters.first_item : pagination_parameters.last_item + 1]

    @plants.arguments(PlantSchema)
    @plants.response(201, PlantSchema)
    def post(self, plant: dict[str, Any]) -> dict[str, Any]:
        """Add a plant."""
        number = max(PLANTS, default=0) + 1
        PLANTS[number] = {"id": number, **plant}
        return PLANTS[number]


@plants.route("/<int:plant_id>")
class Plant(MethodView):
    """One plant."""

    @plants.response(200, PlantSchema)
    def get(self, plant_id: int) -> dict[str, Any]:
        """Read a plant."""
        return plant_of(plant_id)

    @plants.arguments(PlantSchema)
    @plants.response(200, PlantSchema)
    def put(self, plant: dict[str, Any], plant_id: int) -> dict[str, Any]:
        """Replace a plant."""
        plant_of(plant_id)
        PLANTS[plant_id] = {"id": plant_id, **plant}
        return PLANTS[plant_id]

    @plants.response(204)
    def delete(self, plant_id: int) -> None:
        """Remove a plant."""
        plant_of(plant_id)
        del PLANTS[plant_id]


@plants.route("/<int:plant_id>/photo", methods=["POST"])
@plants.arguments(PhotoSchema, location="files")
@plants.response(200, ma.Schema.from_dict({"size": ma.fields.Integer(), "name": ma.fields.String()}))
def add_photo(files: dict[str, Any], plant_id: int) -> dict[str, Any]:
    """Add a photo."""
    plant_of(plant_id)
    return {"size": len(files["photo"].read()), "name": files["photo"].filename}


@plants.route("/labels", methods=["GET"])
@plants.response(200, {"type": "string"}, content_type="text/plain")
def print_labels() -> Response:
    """Return the labels of all plants as text."""
    return Response("\n".join(plant["name"] for plant in PLANTS.values()), mimetype="text/plain")


api.register_blueprint(plants)
app = flask
