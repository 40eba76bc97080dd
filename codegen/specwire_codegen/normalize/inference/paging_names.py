"""Names that APIs give the parameters and fields of pages, in lower case and without separators."""

from __future__ import annotations

import re
from collections.abc import Iterable

from specwire_codegen.openapi.casing import words

_SEPARATORS = re.compile(r"[\W_]")

PAGE = "page pagenumber pageno pageindex pagenum currentpage".split()
SIZE = (
    "pagesize perpage limit size pagelimit maxresults count top itemsperpage maxitems pagelen pagelength max take "
    "resultsperpage recordsperpage numresults length rows"
).split()
OFFSET = "offset pageoffset skip start from first".split()
VAGUE = frozenset({"start", "from", "first"})
"""Offsets whose names can also start a range; another parameter must be the size."""
CURSOR = (
    "cursor pagetoken nexttoken continuationtoken pagecursor nextcursor nextpagetoken paginationtoken startingafter "
    "pageafter after afterid aftercursor aftertoken lastid marker startcursor continue continuefrom bookmark scrollid"
).split()
LAST_ITEM = frozenset("startingafter afterid after lastid continuefrom".split())
"""Cursors that are the id of the last item by default."""
LAST_ID = ("lastid",)
"""Fields of a page with the id of its last item."""
IDS = ("id", "uuid", "token", "key")
"""Fields of an item that identify it, the usual one first."""
NEXT_HEADER = re.compile(
    r"(x-)?(next-?(page|cursor|token|page-?token|continuation)|(continuation|pagination|page)-?token|cursor)",
    re.IGNORECASE,
)
LISTS = frozenset("list search query find filter browse".split())
"""Segments of paths that read a list, and first words of such segments."""
NEXT = (
    "nextcursor nextpagetoken nexttoken nextpagecursor endcursor continuationtoken nextcontinuationtoken nextmarker "
    "paginationtoken cursor continue bookmark scrollid next after"
).split()
VAGUE_LINKS = frozenset({"next", "nextpage", "after"})
"""Fields that may hold a URL, a cursor, or a number."""
NEXT_PAGE = ("nextpage", "nextpagenumber")
NEXT_URL = "nexturl nextpageurl nextlink odatanextlink nextpageuri next nextpage".split()
LINKS = (
    "links paging pagination meta pageinfo page metadata responsemetadata cursors paginationinfo resultinfo "
    "paginginfo listmeta listmetadata"
).split()
"""Objects that contain links to other pages."""
MORE = "hasmore hasnext hasnextpage more istruncated hasmoreitems hasmoreresults".split()
TOTAL = (
    "total totalcount totalentries totalitems totalresults totalrecords totalelements totalsize totalrows "
    "numbermatched totalhits count"
).split()
PAGES = "totalpages pagecount lastpage numpages pages pagetotal pagestotal".split()
ITEMS = "data items results result records entries values content elements objects rows list value hits nodes".split()
NO_ITEMS = frozenset("errors warnings links included facets columns headers messages aggregations filters tags".split())
URLS = ("uri", "url", "uri-reference", "iri")
"""Formats of URLs."""

IS_TOTAL = r"\btotal\b|\boverall\b|\bin all\b|across all|all pages|that match|matching|regardless"
IS_OF_PAGE = r"(this|the|current|each|per) (page|response|request|batch)|returned|on page|per page"
IS_MEASURE = r"\b(days?|hours?|minutes?|weeks?|months?|bytes?|characters?|time ?zone|utc|pixels?)\b"
IS_OF_PAGES = r"\bpage offset\b|number of pages"
IS_TIME = r"\b(time|timestamp|date|datetime|iso[- ]?8601|rfc[- ]?3339|unix|epoch|seconds)\b"
FROM_ZERO = r"\b(zero|0)[- ]?(based|indexed)|(start|begin)s?( (at|from|with))? (0|zero)\b|first page (is|=) ?(0|zero)"
FROM_ONE = r"\b(one|1)[- ]?(based|indexed)|(start|begin)s?( (at|from|with))? (1|one)\b|first page (is|=) ?(1|one)"
IS_POSITION = r"offset|skip|start|index|position|first (result|item|element|record)"
"""Description of a parameter `first`, which is the number of items elsewhere."""


def plain(name: str) -> str:
    """Return a name in lower case and without separators: `page[size]`, `pageSize` and `PageSize` are the same."""
    return _SEPARATORS.sub("", name).lower()


def by_plain(names: Iterable[str]) -> dict[str, str]:
    """Return names by what they are without case and separators; the first of several equal ones."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(plain(name), name)
    return found


def is_reading(segment: str) -> bool:
    """Return whether a POST to a path with this last segment reads a list: `_search`, `search-items`."""
    return (words(segment) or [""])[0].lower() in LISTS
