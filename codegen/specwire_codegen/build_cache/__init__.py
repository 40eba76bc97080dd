"""Build cache: what earlier runs read and wrote, so that a run without changes is recognized before it imports a stage.

It is kept in the user's cache folder (`$XDG_CACHE_HOME`, else `~/.cache`), never next to the output, since the output
must depend only on its inputs. `commands`, `fingerprint` and `records` import the standard library only, and little of it.
"""
