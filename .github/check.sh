#!/usr/bin/env bash
# The step of action.yml. It ends with 1 if something is found, and with 2 if something cannot be checked.
set -uo pipefail

action=$GITHUB_ACTION_PATH
cd "${RETRYGEN_DIRECTORY:-.}" || exit 2
read -ra packages <<< "${RETRYGEN_PACKAGES:-./...}"
read -ra flags <<< "${RETRYGEN_LINT_FLAGS:-}"

# tool prints the path of a tool: the module's own, or the one of this action's version.
tool() {
	if [ -n "${RETRYGEN_MODFILE:-}" ] && [ -f "$RETRYGEN_MODFILE" ]; then
		go tool -modfile="$RETRYGEN_MODFILE" -n "$1"
	else
		(cd "$action" && go build -o "$bin/" "./cmd/$1") && echo "$bin/$1"
	fi
}

bin=$(mktemp -d "${RUNNER_TEMP:-/tmp}/retrygen-XXXXXX")
trap 'rm -rf "$bin"' EXIT

# prefix is the folder of the module within the repository, since annotations name files from there.
prefix=$(git rev-parse --show-prefix 2> /dev/null || true)

# message is a text as workflow commands take it, and property is one for their properties.
message() {
	local text=${1//'%'/%25}
	text=${text//$'\r'/%0D}
	printf '%s' "${text//$'\n'/%0A}"
}
property() {
	local text
	text=$(message "$1")
	text=${text//:/%3A}
	printf '%s' "${text//,/%2C}"
}

# annotate reads lines of the form file:line:column: message, and prints each that is one as an annotation of a level.
annotate() {
	local line place='^([^[:space:]:][^:]*\.go):([0-9]+):([0-9]+): (.*)$'
	while IFS= read -r line; do
		printf '%s\n' "$line"
		[[ $line =~ $place ]] || continue
		local file=${BASH_REMATCH[1]} row=${BASH_REMATCH[2]} column=${BASH_REMATCH[3]} said=${BASH_REMATCH[4]} title=retrygen
		if [[ $said =~ ^(RL[0-9]+):\ (.*)$ ]]; then
			title=${BASH_REMATCH[1]} said=${BASH_REMATCH[2]}
		fi
		printf '::%s file=%s,line=%s,col=%s,title=%s::%s\n' \
			"$1" "$(property "$prefix$file")" "$row" "$column" "$title" "$(message "$said")"
	done
}

# stale reads a diff, and prints an annotation for each file in it.
stale() {
	local line
	while IFS= read -r line; do
		printf '%s\n' "$line"
		case $line in
		'diff '*)
			local file=${line#diff }
			file=${file#/dev/null } # it does not exist yet
			file=${file%% *}
			printf '::error file=%s,title=retrygen -check::%s\n' "$(property "$prefix$file")" \
				"the generated file is out of date; run go generate and commit it"
			;;
		esac
	done
}

status=0
ended() { [ "$1" -le "$status" ] || status=$1; }

if [ "${RETRYGEN_CHECK:-true}" = true ]; then
	retrygen=$(tool retrygen) || exit 2
	"$retrygen" -check "${packages[@]}" 2> >(annotate error >&2) | stale
	ended "${PIPESTATUS[0]}"
fi
if [ "${RETRYGEN_LINT:-true}" = true ]; then
	retrylint=$(tool retrylint) || exit 2
	"$retrylint" -color=never "${flags[@]}" "${packages[@]}" | annotate warning
	ended "${PIPESTATUS[0]}"
	if [ -n "${RETRYGEN_SARIF:-}" ]; then
		"$retrylint" -sarif "${flags[@]}" "${packages[@]}" > "$RETRYGEN_SARIF"
	fi
fi
exit "$status"
