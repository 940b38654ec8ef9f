#!/bin/bash
# fleet.sh [NAME]... - tries scripts/fleet; called by it in the top directory. The
# names: settings, service, flight, roll, kill. The last line is
# "N passed, N failed".
set -u
. scripts/lib/packages.sh
. scripts/lib/build.sh
. scripts/lib/parents.sh
. scripts/lib/ports.sh
. scripts/lib/fleet.sh
trial='fleet-test'
. scripts/lib/trial.sh

[ $# -gt 0 ] || set -- settings service flight roll kill
need fleet-test
if [ -z "${PREFORK-}" ]; then
	# shellcheck disable=SC2046 # a word or none
	need build $(configuring)
	configured
	built all
	PREFORK=$PWD/prefork
	PREFORK_CLIENT=$PWD/prefork-client
fi
export PREFORK PREFORK_CLIENT TMPDIR=$dir
fleet=$PWD/scripts/fleet
mkdir "$dir/root"
echo 'a page' >"$dir/root/page"

# patiently COMMAND...: until it is so, for 20 s at most.
patiently() {
	local n=0
	until "$@"; do
		n=$((n + 1))
		[ $n -lt 1000 ] || return
		sleep 0.02
	done
}

# up [OPTION]...: two of them.
up() {
	rm -f "$dir/log" "$dir/access"
	"$fleet" -p 0 -n 2 -r "$dir/root" -w 2 --access-log "$dir/access" \
		2>"$dir/log" &
	server=$!
	patiently grep -qs 'prefork fleet: ready' "$dir/log" || exit 111
	url=$(sed -n 's/^prefork fleet: ready: \(.*\)\/, .*/\1/p' "$dir/log")
	proxy=$(sed -n 's/.*HAProxy is pid \([0-9]*\),.*/\1/p' "$dir/log")
	stats=$(sed -n 's/.*stats socket .*:\([0-9]*\) .*/\1/p' \
		"$dir"/fleet-*/settings)
}

# ends: all in order.
ends() {
	kill -TERM "$server"
	wait "$server"
	is 'TERM ends all in order' 0 $?
	is 'and no port answers' 0 "$(listening)"
	server=
}

# pid NUMBER
pid() {
	cat "$dir"/fleet-*/pid."$1"
}

# listening: how many of all the ports answer.
listening() {
	for p in "${url##*:}" $(sed -n 's/.* on 127.0.0.1:\([0-9]*\)$/\1/p' \
		"$dir/log" | sort -u); do
		reached 127.0.0.1 "$p" && echo "$p"
	done | wc -l
}

do_settings() {
	is 'the settings hold as they are' 'Configuration file is valid' \
		"$(haproxy -c -f scripts/fleet.d/haproxy.cfg 2>&1)"
}

replaced_both() {
	[ "$(grep -c 'is replaced' "$dir/log")" -eq 2 ]
}

client_logged() {
	grep -q '^127.0.0.2 .* "GET /page HTTP/1.1" 200' "$dir/access"
}

do_service() {
	up
	is 'a page comes' 'a page' \
		"$(curl -sS --interface 127.0.0.2 "$url/page")"
	patiently client_logged
	is 'the log of prefork has the address of the client' 0 $?
	local old
	old="$(pid 1) $(pid 2)"
	kill -HUP "$server"
	patiently replaced_both
	is 'HUP replaces both' 0 $?
	is 'by others' 0 "$(echo "$old" | grep -c "$(pid 1)\|$(pid 2)")"
	is 'five ports answer' 5 "$(listening)"
	ends
	up
	kill -KILL "$proxy"
	wait "$server"
	is 'without HAProxy it ends' 111 $?
	is 'and no port answers' 0 "$(listening)"
	server=
}

# seen WORD: is the first one in this state?
seen() {
	[ "$(figure prefork1 status)" = "$1" ]
}

# waiting: how many connections hold a whole request that the first one has not read.
# More has come than what the PROXY protocol says.
waiting() {
	local port
	port=$(sed -n 's/.*server prefork1 .*:\([0-9]*\) .*/\1/p' \
		"$dir"/fleet-*/settings)
	awk -v port="$(printf ':%04X' "$port")" '
		$2 ~ port "$" && $4 == "01" && $5 ~ /:0000....$/ &&
		$5 !~ /:000000[0-5].$/ { n++ }
		END { print n + 0 }' /proc/net/tcp
}

# held NUMBER: are so many answered, or waiting?
held() {
	[ $(($(waiting) + $(wc -l <"$dir/codes"))) -eq "$1" ]
}

# Have the workers of the first their titles?
titled() {
	[ -n "$(descendants "$(pid 1)" worker)" ]
}

# flight METHOD: eight requests at once to both, of which the workers of the first
# are stopped; when nothing moves any more, it is killed. Sets under_way, codes and
# again.
flight() {
	local asking=() before
	before=$(figure BACKEND wredis)
	: >"$dir/codes"
	patiently titled
	# shellcheck disable=SC2046 # pids
	kill -STOP $(descendants "$(pid 1)" worker)
	for _ in 1 2 3 4 5 6 7 8; do
		curl -s -o "$dir/none" --max-time 30 -X "$1" \
			-w '%{http_code}\n' "$url/page" >>"$dir/codes" &
		asking+=($!)
	done
	patiently held 8
	is "$1: nothing moves" 0 $?
	under_way=$(waiting)
	servers[1]=$(pid 1)
	fleet_kills 1
	wait "${asking[@]}"
	again=$(($(figure BACKEND wredis) - before))
	codes=$(sort "$dir/codes" | uniq -c | awk '{ printf "%s %s ", $2, $1 }')
}

do_flight() {
	up
	flight GET
	is 'some were under way' yes "$([ "$under_way" -gt 0 ] && echo yes)"
	is 'what is safe and was under way is answered' '200 8 ' "$codes"
	is 'since it was asked again' yes \
		"$([ "$again" -eq "$under_way" ] && echo yes)"
	patiently grep -q 'prefork 1 has ended (137)' "$dir/log"
	is 'the one that was killed is started again' 0 $?
	patiently seen UP
	is 'and gets requests' 0 $?
	flight DELETE
	is 'some were under way' yes "$([ "$under_way" -gt 0 ] && echo yes)"
	is 'what is not safe has failed, and nothing else' \
		"405 $((8 - under_way)) 502 $under_way " "$codes"
	ends
}


# column NUMBER: of it.
column() {
	awk -v n="$1" 'END { print $n + 0 }' "$dir/out"
}

do_roll() {
	"$fleet" roll -w -n 2 >"$dir/out" 2>"$dir/why"
	is 'one after the other, while workers are killed' 0 $?
	is 'no request has failed' 0 "$(column 3)"
	is '2000 were answered' yes "$([ "$(column 2)" -gt 2000 ] && echo yes)"
	is 'workers were killed' yes "$([ "$(column 6)" -gt 0 ] && echo yes)"
	cat "$dir/out"
}

do_kill() {
	"$fleet" kill -n 2 >"$dir/out" 2>"$dir/why"
	is 'one after the other is killed' 0 $?
	is 'no request has failed' 0 "$(column 3)"
	is 'some were asked again' yes "$([ "$(column 4)" -gt 0 ] && echo yes)"
	cat "$dir/out"
}

for name; do
	case $name in
	settings | service | flight | roll | kill) "do_$name" ;;
	*) say "there is no '$name'" && exit 100 ;;
	esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
