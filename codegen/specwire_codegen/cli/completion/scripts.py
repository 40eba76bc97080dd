"""Scripts of shells: those of cyclopts, which know commands and options, and calls of methods, which ask at run time.

A call depends on the client, so that no script can know its words: `specwire --complete SHELL ...` prints them.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

Shell: TypeAlias = Literal["bash", "zsh", "fish", "powershell"]

COMPLETE: Final = "--complete"
"""First argument of the command line when a shell asks for words."""

_BASH = r"""
_specwire_or_call() {
  if [[ ${COMP_WORDS[1]} != call || $COMP_CWORD -lt 2 ]]; then
    _specwire "$@"
    return
  fi
  local found
  COMPREPLY=()
  while IFS= read -r found; do
    COMPREPLY+=("$found")
  done < <(
    COMP_LINE="$COMP_LINE" COMP_POINT="$COMP_POINT" COMP_WORDBREAKS="$COMP_WORDBREAKS" \
      "${COMP_WORDS[0]/#\~/$HOME}" --complete bash 2>/dev/null
  )
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then
    compopt -o nospace
  fi
}
complete -o nosort -F _specwire_or_call specwire
"""

_ZSH = r"""
functions[_specwire_commands]=$functions[_cyclopts_specwire]

_specwire_call() {
  local found
  local -a asked folders folder_notes others other_notes
  asked=(${(Q)words[1]/#\~/$HOME} --complete zsh "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}")
  compset -P '\~/'
  for found in ${(f)"$($asked 2>/dev/null)"}; do
    found=${found#$IPREFIX}
    if [[ ${found%%$'\t'*} == */ ]]; then
      folders+=("${found%%$'\t'*}")
      folder_notes+=("${found/$'\t'/  -- }")
    else
      others+=("${found%%$'\t'*}")
      other_notes+=("${found/$'\t'/  -- }")
    fi
  done
  compadd -V specwire -l -d other_notes -a -- others
  compadd -V specwire -l -d folder_notes -S '' -a -- folders
}

_cyclopts_specwire() {
  if [[ ${words[2]} == call && $CURRENT -gt 2 ]]; then
    _specwire_call
  else
    _specwire_commands "$@"
  fi
}

if [[ $funcstack[1] == _cyclopts_specwire ]]; then
  _cyclopts_specwire "$@"
else
  compdef _cyclopts_specwire specwire
fi
"""

_FISH = r"""
function __fish_specwire_calls
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test "$words[2]" = call
end

function __fish_specwire_call
    set -l words (commandline -opc)
    eval $words[1] --complete fish (string escape -- $words (commandline -ct)) 2>/dev/null
end

complete -c specwire -n __fish_specwire_calls -f -k -a '(__fish_specwire_call)'
"""
_CALLS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def with_calls(script: str, shell: Shell) -> str:
    """Return a script of cyclopts with the completion of calls."""
    return script.rstrip() + "\n" + _CALLS.get(shell, "")
