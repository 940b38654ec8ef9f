#!/bin/sh
# metrics.sh - what is told at /metrics, judged by promtool, the tool of
# Prometheus: before there was a client, when there was one and a worker was
# killed, and in another model. The last line is "N passed, N failed".
set -u
cd "$(dirname -- "$0")/../.." || exit 111
. scripts/lib/packages.sh
need metrics
PREFORK=${PREFORK:-./prefork}

trial=metrics
. scripts/lib/trial.sh

# Sets $promtool. Its package has a server, too, which would be started where it
# is installed: of one that is only fetched, that tool is taken alone.
finds_promtool() {
	promtool=$(command -v promtool) && return
	promtool=$PWD/build/promtool/usr/bin/promtool
	[ ! -x "$promtool" ] || return 0
	say "fetching promtool"
	mkdir -p build/promtool "$dir/fetched"
	(
		cd "$dir/fetched" || exit
		apt-get -q download prometheus ||
			{ apt-get -q update && apt-get -q download prometheus; }
	) >"$dir/said" 2>&1
	dpkg-deb --fsys-tarfile "$dir"/fetched/*.deb |
		tar -x -C build/promtool ./usr/bin/promtool && return
	cat "$dir/said" >&2
	say "please install promtool, of Prometheus"
	exit 111
}

# judged [SED COMMAND]: what promtool says of the metrics, edited.
judged() {
	curl -sS "$url/metrics" >"$dir/metrics" || return
	sed "${1-}" "$dir/metrics" | "$promtool" check metrics 2>&1 ||
		echo "it ends with $?"
}

# sum NAME: over all slots.
sum() {
	curl -sS "$url/metrics" |
		awk -v name="$1" 'index($0, name "{") == 1 { n += $2 }
			END { print n + 0 }'
}

# up MODEL: a server that nobody has asked yet.
up() {
	starts status "$PREFORK" -m "$1" -w 2 -b "unix:$dir/socket" -r "$dir" \
		--status 127.0.0.1:0
}

down() {
	kill "$server"
	wait "$server"
	is 'it ends in peace' 0 $?
	wait "$helper"
	server='' helper=''
}

# One of each kind of answer.
asks() {
	for path in / /none /log; do
		curl -sS -o /dev/null --unix-socket "$dir/socket" \
			"http://localhost$path"
	done
}

kills_a_worker() {
	kill -9 "$(curl -sS "$url/status.json" |
		sed -n 's/.*"worker": \([0-9]*\).*/\1/p' | head -n 1)"
	becomes 'its takeover is told' 1 sum prefork_takeovers_total
}

finds_promtool
up prefork
is 'promtool has nothing to say' '' "$(judged)"
asks
becomes 'answers are counted' 3 sum prefork_requests_total
kills_a_worker
is 'nor after a takeover' '' "$(judged)"
is 'it would, of one without help' \
	'prefork_takeovers_total no help text
it ends with 3' "$(judged '/^# HELP prefork_takeovers_total/d')"
down
up thread
asks
is 'nor in another model' '' "$(judged)"
down
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
