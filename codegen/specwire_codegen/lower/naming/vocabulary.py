"""Words that names of operations are made of: verbs, and what frameworks add."""

from __future__ import annotations

import re

READING = frozenset("describe fetch find get read retrieve show view".split())
LISTING = frozenset({"all", "index", "list"})
MAKING = frozenset({"add", "create", "insert", "new", "post"})
CHANGING = frozenset("change edit modify patch put replace set update".split())
DELETING = frozenset({"delete", "destroy", "remove"})
BASIC = READING | LISTING | MAKING | CHANGING | DELETING
"""Verbs of basic operations (create, read, update, delete)."""
ASKING = READING | LISTING | frozenset("browse count filter lookup query search".split())
"""Verbs of operations that change nothing, whatever their HTTP method is."""
_OTHERS = frozenset(
    """
    abort accept acknowledge activate adjust aggregate analyze anonymize answer append apply approve archive assign
    attach authenticate authorize ban block book build bulk calculate call cancel capture charge check checkout
    claim classify clear clone close compact compare complete compress compute confirm connect convert copy count
    crawl crop deactivate debug decline decode decrypt deliver demote deploy deposit detach detect detokenize
    disable disburse discard disconnect dismiss dispatch download draft drain duplicate embed enable encode encrypt
    end enqueue enrich enroll enter erase estimate evaluate exchange exec execute expire explain export extend
    extract fail filter finalize finish flush follow forget fork forward frame freeze generate grant heartbeat hide
    hold import increment infer ingest initialize initiate inspect install interrupt introspect invalidate invite
    invoke issue join judge kick kill leave link load locate lock login logout lookup mark match merge migrate
    moderate move mute navigate normalize notify observe obtain open optimize parse pause perform pin ping poll
    predict prepare preview process promote proofread provision prune publish purge push query queue quote react
    reactivate rebuild recalculate receive recognize recommend reconnect record recover redact redeem refer refresh
    refund register reindex reject release reload remix remove rename render renew reopen reorder replay reply
    report reprocess request rerank rerun resend reserve reset resize resolve restart restore restrict resubmit
    resume retry return reverse revert review revoke rewind roll rollback rotate run sanitize save scale scan
    schedule score scrape search seed select send settle share ship shuffle sign simulate skip snooze sort split
    star start stop stream submit subscribe summarize suspend swap switch sync synchronize synthesize tag terminate
    test toggle tokenize track train transcribe transfer transform translate transliterate trigger unarchive
    unassign unblock undelete undo unfollow unfreeze uninstall unlink unlock unmute unpause unpin unpublish
    unregister unschedule unshare unskip unstar unsubscribe unsuspend untag upgrade upload upscale upsert validate
    vectorize verify void vote wait wake watch withdraw
    """.split()
)
VERBS = BASIC | _OTHERS
CONNECTIVES = frozenset({"a", "an", "the"})
PREPOSITIONS = frozenset("and at by for from in into of on per to via with within".split())
QUANTITIES = frozenset("all batch bulk current many multiple my own".split())
"""Words before a noun that express quantity or ownership and are kept."""
HANDLERS = frozenset({"controller", "endpoint", "handler", "view"})
"""Suffixes of operationIds without meaning."""
HOLDERS = frozenset({"api", "apis", "controller", "endpoint", "endpoints", "rest"})
"""Suffixes of tags without meaning."""
MODULES = frozenset({"api", "endpoints", "handlers", "router", "routers", "routes", "views"})
"""Suffixes of module names without meaning."""
METHODS = frozenset("delete get head options patch post put query trace".split())
VERSION = re.compile(r"[a-z]{0,2}\d+(?:[._]\d+)*(?:(alpha|beta|preview)\d*)?", re.IGNORECASE)
"""A version, with its stage if it has one: `v1`, `v1beta2`."""
ENDING = DELETING | frozenset(
    "abort cancel clear detach disable discard disconnect dismiss end erase expire flush forget invalidate kill leave "
    "purge release reset revoke stop terminate".split()
)
"""Segments that are the verb of a DELETE; that of any other verb undoes it: `DELETE /posts/{id}/like`."""
SHOWING = READING | {"download", "lookup", "validate", "verify"}
"""Segments that are the verb of a GET, also with an argument after them: `/lookup/{number}`."""
FORMATS = frozenset({"ext", "extension", "format", "suffix"})
"""Last words of parameters that are the file extension of a segment."""
ROOTS = frozenset({"api", "rest"})
"""Segments in front of all paths without meaning."""


def is_verb(word: str) -> bool:
    """Return whether a word in lower case is a verb, perhaps with a prefix: `archive`, `unarchive`, `reframe`."""
    return word in VERBS or word[:2] in ("re", "un") and word[2:] in VERBS


def is_version(text: str) -> bool:
    """Return whether a segment or word is a version."""
    return VERSION.fullmatch(text) is not None
