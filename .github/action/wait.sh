#!/usr/bin/env bash
# Becomes settle wait for INPUT_TASKS, a task a line: the runner's Ctrl-C then reaches it. settle itself writes the
# annotations, the summary and the outputs.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/refuse.sh"

switch() { # switch INPUT VALUE FLAG: FLAG where VALUE is true
	case "$2" in
	true) args+=("$3") ;;
	false | '') ;;
	*) refuse invalid "$1: \"$2\" is neither true nor false" "$1: true" ;;
	esac
}

case "${INPUT_TASKS:-}" in
*[![:space:]]*) ;;
*) refuse invalid "tasks: there is none" "tasks: github/OWNER/REPO/RUN" ;;
esac
args=(wait -f -)
if [ -n "${INPUT_RECIPE:-}" ]; then args+=("--recipe=$INPUT_RECIPE"); fi
if [ -n "${INPUT_POLICY:-}" ]; then args+=("--policy=$INPUT_POLICY"); fi
switch any "${INPUT_ANY:-}" --any
switch fail-fast "${INPUT_FAIL_FAST:-}" --fail-fast
case "${INPUT_ARGS:-}" in
*[![:space:]]*)
	words=$(mktemp "${RUNNER_TEMP:?}/settle.XXXXXX")
	# xargs takes quotes off, and expands nothing.
	printf '%s\n' "$INPUT_ARGS" | xargs printf '%s\n' >"$words" 2>/dev/null ||
		refuse invalid "args: a quote is not closed: $INPUT_ARGS" "args: --state .status --succeeded 'done,all done'"
	while IFS= read -r word; do args+=("$word"); done <"$words"
	rm "$words"
	;;
esac
exec settle "${args[@]}" <<<"$INPUT_TASKS"
