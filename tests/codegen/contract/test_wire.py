"""Check of received requests: every way in which one can be wrong is reported."""

import attrs
import pytest
from specwire_codegen.contract.subject import Subject
from specwire_codegen.contract.values.case import Body, Case, File
from specwire_codegen.contract.wire import expected_request
from specwire_codegen.contract.wire.expected_request import Arrival
from specwire_codegen.contract.wire.multipart import BrokenBodyError, Part, parts_of
from specwire_codegen.contract.wire.parameters import pairs_problems, path_problems, query_pairs
from specwire_codegen.contract.wire.querystring import unsent
from specwire_codegen.ir import Operation

HEADERS = (("accept", "application/json"), ("authorization", "Bearer k"), ("content-type", "application/json"))
CASE = Case(body=Body("application/json", {"input_file_id": "f", "endpoint": "/v1/chat/completions"}))
GOOD = Arrival("POST", "/v1/batches", "", HEADERS, b'{"endpoint":"/v1/chat/completions","input_file_id":"f"}')


def operation_of(subject: Subject, operation_id: str, *, stream: bool = False) -> Operation:
    """Return a method of an operation; `stream` selects the one that streams."""
    found = [one for one in subject.api.operations if one.id == operation_id]
    return found[-1] if stream else found[0]


def with_header(arrival: Arrival, name: str, value: str | None) -> Arrival:
    """Return a request with another header, or without it."""
    rest = tuple(pair for pair in arrival.headers if pair[0] != name)
    return attrs.evolve(arrival, headers=rest if value is None else (*rest, (name, value)))


def test_a_good_request_has_no_problems(moonshot: Subject) -> None:
    """A documented request passes."""
    assert expected_request.problems(moonshot, operation_of(moonshot, "create_batch"), CASE, GOOD) == []


@pytest.mark.parametrize(
    ("arrival", "place"),
    [
        (attrs.evolve(GOOD, method="PUT"), "method"),
        (attrs.evolve(GOOD, raw_path="/v1/batches/"), "path"),
        (attrs.evolve(GOOD, query="limit=1"), "query"),
        (with_header(GOOD, "accept", "text/html"), "header accept"),
        (with_header(GOOD, "authorization", None), "header authorization"),
        (with_header(GOOD, "authorization", "Basic k"), "header authorization"),
        (with_header(GOOD, "authorization", "Bearer "), "header authorization"),
        (with_header(GOOD, "content-type", "text/plain"), "header content-type"),
        (with_header(GOOD, "content-length", "3"), "header content-length"),
        (with_header(GOOD, "cookie", "a=b"), "cookie"),
        (attrs.evolve(GOOD, body=b'{"endpoint":"/v1/chat/completions"}'), "body $.input_file_id"),
        (attrs.evolve(GOOD, body=GOOD.body.replace(b"}", b',"x":null}')), "body $.x"),
        (attrs.evolve(GOOD, body=GOOD.body.replace(b'"f"', b'"g"')), "body $.input_file_id"),
        (attrs.evolve(GOOD, body=b"input_file_id=f"), "body $"),
    ],
)
def test_each_wrong_part_of_a_request_is_reported(moonshot: Subject, arrival: Arrival, place: str) -> None:
    """And no other part."""
    found = expected_request.problems(moonshot, operation_of(moonshot, "create_batch"), CASE, arrival)
    assert [problem.partition(": ")[0] for problem in found] == [place]


def test_an_optional_object_may_be_sent_empty(moonshot: Subject) -> None:
    """Without a given body, `{}` and nothing are both valid; fields are not."""
    operation = operation_of(moonshot, "create_batch")
    empty = attrs.evolve(GOOD, body=b"{}")
    assert expected_request.problems(moonshot, operation, Case(), empty) == []
    assert expected_request.problems(moonshot, operation, Case(), attrs.evolve(GOOD, body=b"")) == []
    assert expected_request.problems(moonshot, operation, Case(), GOOD) != []
    get = attrs.evolve(operation, http_method="DELETE")
    assert expected_request.problems(moonshot, get, Case(), attrs.evolve(empty, method="DELETE")) != []


def test_a_stream_must_be_requested(moonshot: Subject) -> None:
    """The streaming method must send the switch, the other one must not."""
    value = {"model": "m", "messages": []}
    case = Case(body=Body("application/json", value))
    plain = Arrival("POST", "/v1/chat/completions", "", HEADERS, b'{"model":"m","messages":[]}')
    asking = attrs.evolve(
        with_header(plain, "accept", "text/event-stream"), body=b'{"model":"m","messages":[],"stream":true}'
    )
    complete = operation_of(moonshot, "create_chat_completion")
    stream = operation_of(moonshot, "create_chat_completion", stream=True)
    found = {
        (method.name, arrival is asking): bool(expected_request.problems(moonshot, method, case, arrival))
        for method in (complete, stream)
        for arrival in (plain, asking)
    }
    assert found == {
        ("complete", False): False,
        ("complete", True): True,
        ("stream", False): True,
        ("stream", True): False,
    }


@pytest.mark.parametrize(
    ("style", "explode", "value", "query"),
    [
        ("form", True, "a b", "p=a%20b"),
        ("form", True, True, "p=true"),
        ("form", True, -3, "p=-3"),
        ("form", True, 1.5, "p=1.5"),
        ("form", True, ["a", "b,c"], "p=a&p=b%2Cc"),
        ("form", False, ["a", "b,c"], "p=a,b%2Cc"),
        ("form", True, [], ""),
        ("form", True, {"k": "v", "l": 1}, "k=v&l=1"),
        ("form", True, {"k": ["a", None, "b"], "l": 1, "m": []}, "k=a&k=b&l=1"),
        ("form", False, {"k": "v"}, "p=k,v"),
        ("spaceDelimited", False, ["a", "b"], "p=a%20b"),
        ("pipeDelimited", False, ["a", "b"], "p=a%7Cb"),
        ("deepObject", True, {"k": "v"}, "p%5Bk%5D=v"),
        ("deepObject", True, [7, None, 8], "p%5B0%5D=7&p%5B1%5D=8"),
        ("deepObject", True, {"k": ["a", "b"], "l": [], "m": None}, "p%5Bk%5D=a&p%5Bk%5D=b"),
        ("deepObject", True, {"or": [{"k": "v"}, {"l": 1}]}, "p%5Bor%5D%5B0%5D%5Bk%5D=v&p%5Bor%5D%5B1%5D%5Bl%5D=1"),
    ],
)
def test_parameters_are_read_by_their_style(style: str, explode: bool, value: object, query: str) -> None:
    """A value in its style passes, any other text does not."""
    parameter = {"in": "query", "name": "p", "style": style, "explode": explode}
    assert list(pairs_problems("query", [parameter], query_pairs(query), {"p": value})) == []
    assert list(pairs_problems("query", [parameter], query_pairs("p=other"), {"p": value})) != []


@pytest.mark.parametrize(
    ("query", "good"),
    [
        ("a=1&b=x&a=2&c=3", True),
        ("a=2&a=1&b=x&c=3", True),
        ("a=1&b=x&c=3", False),
        ("a=1&b=x&a=2", False),
        ("a=1&b=x&a=9&c=3", False),
        ("a=1&b=x&a=2&c=3&d=4", False),
    ],
)
def test_exploded_objects_may_share_names_with_parameters(query: str, good: bool) -> None:
    """A name of both is sent twice; nothing may be missing or added."""
    parameters = [{"name": name, "in": "query"} for name in ("a", "p", "q")]
    values = {"a": 2, "p": {"a": 1, "b": "x"}, "q": {"c": 3}}
    assert (list(pairs_problems("query", parameters, query_pairs(query), values)) == []) is good


def test_a_path_is_parsed_undecoded() -> None:
    """A slash in a value must be percent-encoded, and the decoded text must be the value."""
    assert list(path_problems("/a/{b}/c", [], "/a/x%2Fy%20z/c", {"b": "x/y z"})) == []
    found = list(path_problems("/a/{b}/c", [], "/a/x/y/c", {"b": "x/y"}))
    assert found == ["path: '/a/x/y/c' is not of the form /a/{b}/c"]
    spanning = [{"name": "b", "in": "path", "x-specwire-spans": True}]
    assert list(path_problems("/a/{b}/c", spanning, "/a/x/y%20z/c", {"b": "x/y z"})) == []
    assert list(path_problems("/a/{b}/c", spanning, "/a/x/z/c", {"b": "x/y"})) != []
    assert list(path_problems("/a/{b}", [], "/a/x", {"b": "y"})) == ["path parameter b: 'y' expected, not 'x'"]


def test_a_path_may_have_any_characters() -> None:
    """Fixed parts may be percent-encoded or not; other characters may not occur."""
    for path in ('/x"%7C(/y', "/x%22|(/y", "/x%22%7C%28/y"):
        assert list(path_problems('/x"|(/{b}', [], path, {"b": "y"})) == []
    assert list(path_problems('/x"/{b}', [], "/x%23/y", {"b": "y"})) != []
    assert list(path_problems("/x./{b}", [], "/xy/y", {"b": "y"})) != []


def test_a_fragment_is_not_sent_and_a_query_string_that_is_required_is(moonshot: Subject) -> None:
    """The path ends before `#`; a required query string that no client can send is a problem."""
    operation = attrs.evolve(operation_of(moonshot, "create_batch"), path="/v1/batches#again")
    assert expected_request.problems(moonshot, operation, CASE, GOOD) == []
    found = {"name": "q", "in": "querystring", "content": {"application/json": {}}}
    assert list(unsent({"parameters": [found]})) == []
    assert list(unsent({"parameters": [{**found, "required": True}]})) == ["q"]


FORM = (
    b'--B\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nimage\r\n'
    b'--B\r\nContent-Disposition: form-data; name="file"; filename="a%22.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\r\n--\r\n"
    b"--B--\r\n"
)


def test_parts_of_a_form_are_parsed_exactly() -> None:
    """Names, file names, types and content to the byte, with line breaks and dashes in the content."""
    assert parts_of(FORM, "multipart/form-data; boundary=B") == [
        Part("purpose", None, None, b"image"),
        Part("file", 'a".png', "image/png", b"\r\n--"),
    ]


@pytest.mark.parametrize("body", [b"", FORM[:-4], FORM[3:], FORM.replace(b'name="file"', b"x=1")])
def test_invalid_forms_are_rejected(body: bytes) -> None:
    """Without boundaries, or with a part without a name."""
    with pytest.raises(BrokenBodyError, match="boundary|part|form"):
        parts_of(body, "multipart/form-data; boundary=B")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"purpose": "batch"}, "part purpose"),
        ({"purpose": "image", "more": "x"}, "part more"),
        ({"file": File('a".png', b"other", "image/png")}, "part file"),
        ({"file": File("b.png", b"\r\n--", "image/png")}, "part file"),
        ({"file": File('a".png', b"\r\n--", "image/gif")}, "part file"),
    ],
)
def test_every_difference_of_a_part_is_reported(moonshot: Subject, change: dict[str, object], place: str) -> None:
    """Value, content, file name or type, and a missing part."""
    value: dict[str, object] = {"purpose": "image", "file": File('a".png', b"\r\n--", "image/png")}
    headers = (*HEADERS[:2], ("content-type", "multipart/form-data; boundary=B"))
    arrival = Arrival("POST", "/v1/files", "", headers, FORM)
    upload = operation_of(moonshot, "upload_file")
    assert expected_request.problems(moonshot, upload, Case(body=Body("multipart/form-data", value)), arrival) == []
    found = expected_request.problems(
        moonshot, upload, Case(body=Body("multipart/form-data", {**value, **change})), arrival
    )
    assert [problem.partition(": ")[0] for problem in found] == [place]
