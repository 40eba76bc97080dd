"""English plurals: a table of irregular words and of endings, and numbers with their nouns."""

from __future__ import annotations

from functools import lru_cache

_IRREGULAR = {
    "addenda": "addendum",
    "appendices": "appendix",
    "axes": "axis",
    "calories": "calorie",
    "canvases": "canvas",
    "children": "child",
    "cookies": "cookie",
    "crises": "crisis",
    "criteria": "criterion",
    "diagnoses": "diagnosis",
    "errata": "erratum",
    "feet": "foot",
    "gases": "gas",
    "geese": "goose",
    "indices": "index",
    "leaves": "leaf",
    "lenses": "lens",
    "loaves": "loaf",
    "matrices": "matrix",
    "men": "man",
    "mice": "mouse",
    "movies": "movie",
    "niches": "niche",
    "people": "person",
    "phenomena": "phenomenon",
    "quizzes": "quiz",
    "selfies": "selfie",
    "teeth": "tooth",
    "thieves": "thief",
    "vertices": "vertex",
    "women": "woman",
    "zombies": "zombie",
}
_IRREGULAR |= {word: word[:-1] for word in "abuses excuses fuses muses refuses reuses uses".split()}
_SAME = frozenset(
    """
    alias always analytics atlas aws bias canvas christmas cms css data debris devops dns does ecs eks gas gps
    has headquarters https ios its kudos lens logistics macos mathematics means media metadata mms news ops os pants
    physics politics pos previous rds rss sas series sms sns species sqs tls vps was yes
    """.split()
)
"""Words that look like plurals, or have no distinct singular."""
_TO_F = {"halves": "half", "calves": "calf", "elves": "elf", "selves": "self", "shelves": "shelf", "wolves": "wolf"}
_TO_FE = {"knives": "knife", "lives": "life", "wives": "wife"}
_FROM_I = tuple("apis clis emojis guis kpis skis taxis uris wikis".split())
_FROM_U = tuple("bureaus cpus emus gpus gurus menus plateaus skus tableaus".split())
_FROM_O = tuple("cargoes echoes embargoes heroes mosquitoes potatoes tomatoes torpedoes vetoes volcanoes".split())
_ENDINGS = {
    **_TO_F,
    **_TO_FE,
    **{plural: plural[:-1] for plural in (*_FROM_I, *_FROM_U)},
    **{plural: plural[:-2] for plural in _FROM_O},
    "yses": "ysis",
    "theses": "thesis",
    "iases": "ias",
    "tlases": "tlas",
    "uses": "us",
    "auses": "ause",
    "ouses": "ouse",
    "sses": "ss",
    "shes": "sh",
    "caches": "cache",
    "ches": "ch",
    "xes": "x",
    "zzes": "zz",
    "tzes": "tz",
}
"""Endings of plurals with those of their singulars; the longest match wins."""
_LENGTHS = sorted({len(ending) for ending in _ENDINGS}, reverse=True)


@lru_cache(4096)
def singular(word: str) -> str:
    """Return the singular of an English plural in lower case; other words unchanged."""
    if word in _SAME or len(word) < 3:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if not word.endswith("s"):
        return word
    for length in _LENGTHS:
        if (ending := word[-length:]) in _ENDINGS:
            return word.removesuffix(ending) + _ENDINGS[ending]
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]


def is_plural(word: str) -> bool:
    """Return whether a word in lower case is a plural."""
    return singular(word) != word


def counted(count: int, noun: str) -> str:
    """Return a number with its regular noun: `1 operation`, `2,000 operations`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
