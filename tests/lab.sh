#!/bin/sh
# The laboratory against real servers, most of them broken on purpose: does
# the report say what was measured, whatever the model promises? TAP on
# standard output.
set -u
# shellcheck disable=SC2154 # in the environment of make check
lab=$top_builddir/prefork-lab
shared=$top_builddir/tests/prefork_shared
server=$PREFORK

case " ${PREFORK_TEST_MODELS:-prefork} " in
*' prefork '*) ;;
*)
	echo "1..0 # SKIP the model prefork is not tested here"
	exit 0
	;;
esac

dir=$(mktemp -d "${TMPDIR:-/tmp}/lab-test-XXXXXX") || exit 111
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
mkdir "$dir/tmp"
export TMPDIR="$dir/tmp"
# shellcheck disable=SC2154 # in the environment of make check
. "$top_srcdir/scripts/lib/tap.sh"

# look ARGUMENT...: runs the laboratory; $status is how it ended.
look() {
	"$lab" --quick --client "$PREFORK_CLIENT" --report "$dir/report" "$@" \
		>"$dir/out" 2>"$dir/err" </dev/null
	status=$?
}

# verdict EXPERIMENT VARIANT: "OPINION SURPRISE TEXT", from results.json.
verdict() {
	sed -n "/\"id\":\"$1\"/s/.*\"$2\":{\"opinion\":\"\\([a-z]*\\)\",\"surprise\":\\([a-z]*\\),\"text\":\"\\([^\"]*\\)\".*/\\1 \\2 \\3/p" \
		"$dir/report/results.json"
}

# says EXPERIMENT VARIANT PATTERN: does the verdict match?
says() {
	found=$(verdict "$1" "$2")
	# shellcheck disable=SC2254 # it is a pattern
	case $found in
	$3) return 0 ;;
	esac
	echo "# $1, $2: $found"
	return 1
}

# A server that is of the model $2 when it is asked to be of $1.
as() {
	cat >"$dir/server" <<EOF
#!/bin/sh
for word; do
	shift
	[ "\$word" != $1 ] || word=$2
	set -- "\$@" "\$word"
done
exec "$server" "\$@"
EOF
	chmod +x "$dir/server"
}

# A server with more options, which come last; the first word runs before.
with() {
	first=$1
	shift
	cat >"$dir/server" <<EOF
#!/bin/sh
$first
exec "$server" "\$@" $*
EOF
	chmod +x "$dir/server"
}

all_surprise() {
	who=$1
	shift
	for experiment; do
		says "$experiment" "$who" '* true *' || return 1
	done
}

echo 1..12

look --program "$PREFORK" --only variable,segv --models prefork,prethread
[ "$status" -eq 0 ] &&
	says variable prefork 'good false isolated: none of*' &&
	says variable prethread 'bad false shared: all 23*' &&
	says segv prethread 'bad false 23 of 23*' &&
	grep -q '^A crash' "$dir/out" && grep -q '</html>' "$dir/report/index.html"
ok "a sound server is found to be as it promises"

# Its workers keep the memory that they were forked with.
server=$shared
with : --no-exec
server=$PREFORK
look --program "$dir/server" --only variable --models prefork,fork
[ "$status" -eq 1 ] &&
	says variable prefork 'bad true not isolated: 18 of 18*' &&
	says variable fork 'bad true not isolated: 23 of 23*' &&
	grep -q '"surprises":2,' "$dir/report/index.html" &&
	grep -q UNEXPECTED "$dir/out"
ok "workers that share the variable are found out"

as prefork prethread
look --program "$dir/server" --models prefork \
	--only variable,scribble,pages,segv,kill,hang
[ "$status" -eq 1 ] &&
	all_surprise prefork variable scribble pages segv kill hang
ok "threads that call themselves processes are found out"

as prethread prefork
look --program "$dir/server" --models prethread \
	--only variable,scribble,pages,segv,kill,hang
[ "$status" -eq 1 ] &&
	all_surprise prethread variable scribble pages segv kill hang
ok "processes that call themselves threads are found out"

# Where a sanitizer takes the address space, it cannot be limited.
# shellcheck disable=SC3045 # where there is no -v it is left out
if (ulimit -v 524288 && "$PREFORK" -t --max-clients 120) >/dev/null 2>&1; then
	as fork thread
	look --program "$dir/server" --models fork --only leak
	[ "$status" -eq 1 ] && says leak fork '* true *'
	ok "a leak that concerns the others is found out"
else
	skipped "this build does not start in 512 MiB"
fi

with : --idle-timeout 0.1
look --program "$dir/server" --models prefork --only files
[ "$status" -eq 1 ] && says files prefork 'bad true *'
ok "clients who are let go in the crush are noticed"

with : --max-clients 150
look --program "$dir/server" --models prefork --only memory
says memory prefork 'bad false * of 1000 clients*'
ok "what stops a server short of its clients is said"

with : -s http
look --program "$dir/server" --models prefork --only speed
says speed prefork 'none false not measured*'
ok "an echo that is none has no speed"

with 'sleep 0.3'
look --program "$dir/server" --models prefork --only start
ready=$(sed -n 's/.*"ready_ms":{[^{]*{"samples":[0-9]*,"median":\([0-9]*\).*/\1/p' \
	"$dir/report/results.json")
[ "$ready" -ge 300 ]
ok "a slow start is measured"

look --program /nowhere/prefork
[ "$status" -eq 111 ] && look --only nonsense && [ "$status" -eq 100 ]
ok "what cannot be done is refused"

# gone PID...: are all of them gone, but for the dead who wait for an init?
gone() {
	for pid; do
		case $(ps -o stat= -p "$pid" 2>/dev/null) in
		'' | Z*) ;;
		*) return 1 ;;
		esac
	done
}

"$lab" --client "$PREFORK_CLIENT" --program "$PREFORK" --only memory \
	--report "$dir/other" >"$dir/out" 2>"$dir/err" &
pid=$!
# What clears away, and a server.
until children=$(ps -A -o pid= -o ppid= | awk -v p="$pid" '
	$2 == p { print $1; n++ }
	END { exit n < 2 }'); do
	kill -0 "$pid" 2>/dev/null || break
	sleep 0.02
done
kill -TERM "$pid"
wait "$pid" 2>/dev/null
status=$?
# shellcheck disable=SC2086 # pids
[ "$status" -eq 143 ] && [ -n "$children" ] && gone $children &&
	[ -z "$(ls "$dir/tmp")" ] && [ -z "$(ls "$dir/other")" ]
ok "interrupted, it leaves nothing behind"

[ -z "$(ls "$dir/tmp")" ]
ok "it leaves nothing behind otherwise either"
