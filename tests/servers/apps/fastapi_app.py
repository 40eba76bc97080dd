"""A FastAPI application with the shapes that FastAPI documents: unions, files, forms, events and bare responses."""

from __future__ import annotations

import datetime as dt
import enum
import itertools
from collections.abc import AsyncIterator
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, FastAPI, File, Form, Header, HTTPException, Path, Query, UploadFile
from fastapi.responses import FileResponse, PlainTextResponse, StreamingResponse
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, Field

app = FastAPI(title="Bookshop", version="1.0")
token_of = OAuth2PasswordBearer(tokenUrl="token")


class Genre(enum.StrEnum):
    """The genre of a book."""

    novel = "novel"
    poetry = "poetry"


class NewBook(BaseModel):
    """A book to add."""

    title: str = Field(min_length=1)
    genre: Genre = Genre.novel
    pages: int | None = None
    tags: list[str] = []


class Book(NewBook):
    """A book in the shop."""

    id: int
    added: dt.datetime


class Paper(BaseModel):
    """A printed edition."""

    kind: Literal["paper"] = "paper"
    weight: float


class Audio(BaseModel):
    """A recorded edition."""

    kind: Literal["audio"] = "audio"
    minutes: int


Edition = Annotated[Paper | Audio, Field(discriminator="kind")]

BOOKS: dict[int, Book] = {}
NUMBERS = itertools.count(1)


def book_of(book_id: Annotated[int, Path(ge=1)]) -> Book:
    """Return a book, or answer 404."""
    if book_id not in BOOKS:
        raise HTTPException(404, f"there is no book {book_id}")
    return BOOKS[book_id]


@app.post("/books", status_code=201, tags=["books"])
def create_book(book: NewBook) -> Book:
    """Add a book."""
    number = next(NUMBERS)
    BOOKS[number] = Book(id=number, added=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), **book.model_dump())
    return BOOKS[number]


@app.get("/books", tags=["books"])
def list_books(
    tag: Annotated[list[str] | None, Query()] = None, limit: int = 10, offset: int = 0, genre: Genre | None = None
) -> list[Book]:
    """List the books that have all of the tags."""
    found = [
        book for book in BOOKS.values() if set(tag or ()) <= set(book.tags) and (genre is None or book.genre == genre)
    ]
    return found[offset : offset + min(limit, 2)]


@app.get("/books/{book_id}", tags=["books"])
def read_book(book: Annotated[Book, Depends(book_of)]) -> Book:
    """Read a book."""
    return book


@app.put("/books/{book_id}", tags=["books"])
def update_book(book: Annotated[Book, Depends(book_of)], new: NewBook) -> Book:
    """Replace a book."""
    BOOKS[book.id] = Book(id=book.id, added=book.added, **new.model_dump())
    return BOOKS[book.id]


@app.delete("/books/{book_id}", status_code=204, tags=["books"])
def delete_book(book: Annotated[Book, Depends(book_of)]) -> None:
    """Remove a book."""
    del BOOKS[book.id]


@app.post("/books/{book_id}/editions", tags=["editions"])
def add_edition(book: Annotated[Book, Depends(book_of)], edition: Edition) -> Edition:
    """Add an edition and return it."""
    return edition


@app.put("/books/{book_id}/cover", tags=["covers"])
async def upload_cover(
    book: Annotated[Book, Depends(book_of)], image: UploadFile, caption: Annotated[str, Form()] = ""
) -> dict[str, str | int]:
    """Store the picture of a cover."""
    content = await image.read()
    return {
        "name": image.filename or "",
        "type": image.content_type or "",
        "size": len(content),
        "caption": caption,
    }


@app.post("/scans", tags=["covers"])
async def upload_scans(scans: Annotated[list[UploadFile], File()]) -> list[int]:
    """Store several pictures and return their sizes."""
    return [len(await scan.read()) for scan in scans]


@app.get("/books/{book_id}/text", tags=["exports"])
def read_text(book: Annotated[Book, Depends(book_of)]):
    """Return the text of a book; FastAPI documents it as JSON of any kind."""
    return PlainTextResponse(f"{book.title}\nThe end.\n")


@app.get("/exports/books.csv", tags=["exports"], response_class=FileResponse)
def export_books():
    """Return all books as CSV; FastAPI documents no body."""
    lines = ["id,title", *(f"{book.id},{book.title}" for book in BOOKS.values())]
    return PlainTextResponse("\n".join(lines), media_type="text/csv")


@app.get("/pages/{path:path}", tags=["exports"])
def read_page(path: str) -> str:
    """Return the path that was asked for."""
    return path


@app.get("/news", tags=["news"])
async def follow_news(count: int = 2):
    """Send events; FastAPI documents JSON of any kind."""

    async def events() -> AsyncIterator[str]:
        for number in range(count):
            yield f'data: {{"number": {number}}}\n\n'

    return StreamingResponse(events(), media_type="text/event-stream")


@app.post("/token", tags=["session"])
def sign_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    """Exchange a password for a token."""
    if form.password != "secret":
        raise HTTPException(400, "wrong password")
    return {"access_token": f"token-of-{form.username}", "token_type": "bearer"}


@app.get("/me", tags=["session"])
def read_me(token: Annotated[str, Depends(token_of)]) -> dict[str, str]:
    """Return who is signed in."""
    return {"name": token.removeprefix("token-of-")}


@app.get("/orders/{order_id}", tags=["orders"])
def read_order(
    order_id: UUID, day: dt.date | None = None, x_trace: Annotated[list[str] | None, Header()] = None
) -> dict[str, str | None]:
    """Return what was asked for."""
    return {"id": str(order_id), "day": day.isoformat() if day else None, "trace": ",".join(x_trace or ())}


@app.post("/mood", tags=["orders"])
def either(value: int | str | None = None, body: dict[str, float] | None = None) -> dict[str, float] | None:
    """Return the body."""
    return body
