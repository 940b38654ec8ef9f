#!/bin/sh
# image.sh - does what the Dockerfile says, as far as that goes without docker:
# its RUN makes the root; its entry point is the first process of a pid
# namespace, with a network of its own, in that root alone, which is read-only,
# without /dev and /proc; by its user, who can gain no right; and its health is
# asked for in there. The last line is "N passed, N failed".
set -u
cd "$(dirname -- "$0")/../.." || exit 111
. scripts/lib/packages.sh
. scripts/lib/build.sh
. scripts/lib/variant.sh
. scripts/lib/parents.sh
. scripts/lib/report.sh
need build musl namespaces
if [ "$(id -u)" -ne 0 ]; then
	say "only root may make such a root"
	exit 111
fi

trial=image
. scripts/lib/trial.sh

# of INSTRUCTION: what the Dockerfile gives it, lines that go on as one; of those
# that stand there twice the last.
of() {
	sed -e ':more' -e '/\\$/{N;s/\\\n[[:blank:]]*//;b more' -e '}' \
		scripts/container/Dockerfile | sed -n "s/^$1 //p" | tail -n 1
}

# words: of a JSON array of strings without blanks.
words() {
	sed -e 's/^[^[]*\[//' -e 's/\]$//' -e 's/[",]//g'
}

user=$(of USER)
program=$(of ENTRYPOINT | words)
health=$(of HEALTHCHECK | words)
port=$(of EXPOSE)
image=$(of 'COPY --from=build' | sed 's/ .*//')

# begins [OPTION]...: the image, in namespaces of its own; sets $first, its first
# process as it is seen from here.
begins() {
	# shellcheck disable=SC2016,SC2086 # for the shell in there; words
	starts listening unshare --mount --pid --net --fork --kill-child \
		sh -eu -c '
		ip link set lo up
		mount --bind "$1" "$1"
		mount -o remount,bind,ro "$1"
		shift
		exec setpriv --no-new-privs "$@"' sh "$dir/root" \
		chroot --userspec="$user" "$dir/root" $program "$@"
	first=$(ps -o pid= --ppid "$server" | tr -d ' ')
	space=$(readlink "/proc/$first/ns/pid")
}

# outside COMMAND...: in its network, and in nothing else of it.
outside() {
	nsenter --target "$first" --net "$@"
}

# healthy: what the HEALTHCHECK ends with.
healthy() {
	# shellcheck disable=SC2086 # words
	nsenter --target "$first" --mount --pid --net --root --wd=/ \
		--setuid "${user%:*}" --setgid "${user#*:}" $health \
		>"$dir/body" 2>&1
	echo $?
}

fetched() {
	outside curl -sS --max-time 20 "http://127.0.0.1:$port$1"
}

# own WHAT: the pids of the workers, or of the masters.
own() {
	ps -o pid= -o args= --ppid "$(parents "$first")" |
		awk -v what="$1" '$3 == what { print $1 }'
}

# left: how many processes are in its namespace.
left() {
	find /proc -maxdepth 1 -name '[0-9]*' | while read -r process; do
		[ "$(readlink "$process/ns/pid" 2>/dev/null)" != "$space" ] ||
			echo "$process"
	done | wc -l
}

# status FIELD: of the first process.
status() {
	awk -v field="$1:" '$1 == field { print $NF }' "/proc/$first/status"
}

# It runs what the Dockerfile does, but for the name of the directory.
# shellcheck disable=SC2046 # words
env $(of RUN | sed "s|$image\$|$dir/root|") >"$dir/body" 2>&1
is 'RUN makes the image' 0 $?
is 'there is nothing else in it' \
	'etc etc/group etc/passwd etc/prefork.conf prefork srv' \
	"$(cd "$dir/root" && find . -mindepth 1 | sed 's|^./||' |
		LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')"
is 'the program asks for no loader' 0 \
	"$(readelf -lW "$dir/root/prefork" | grep -c INTERP)"
is 'its user has a name' "$user" \
	"$(awk -F: '{ print $3 ":" $4 }' "$dir/root/etc/passwd")"
head -c 8000000 /dev/urandom >"$dir/root/srv/big"

begins -w 2 --drain-delay 4 --grace 30
is 'it is the first process' 1 "$(status NSpid)"
is 'by the user of the image' "$(echo "$user" | tr : ' ')" \
	"$(status Uid) $(status Gid)"
is 'who can gain no right' '1 0000000000000000' \
	"$(status NoNewPrivs) $(status CapEff)"
is 'it is healthy' 0 "$(healthy)"
fetched /big >"$dir/got"
is 'it serves a file' 0 "$(cmp "$dir/got" "$dir/root/srv/big" >&2; echo $?)"
# shellcheck disable=SC2016 # for the shell in there
is 'and may not write' 1 "$(nsenter --target "$first" --mount sh -c \
	': 2>/dev/null >"$1"' sh "$dir/root/srv/written"; [ -e "$dir/root/srv/written" ]; echo $?)"

# Workers die under clients; then the master does.
quietly make -s -C build/musl -j"$(jobs)" prefork-client
outside ./build/musl/prefork-client 127.0.0.1 "$port" --load --clients 40 \
	--seconds 3 --json >"$dir/json" 2>"$dir/body" &
load=$!
deaths=0
while kill -0 $load 2>/dev/null; do
	for worker in $(own worker); do
		kill -KILL "$worker" && deaths=$((deaths + 1))
	done 2>/dev/null
	sleep 0.2
done
wait $load
is 'the load ends well' 0 $?
is 'workers were killed' yes "$([ $deaths -gt 4 ] && echo yes)"
is 'no client was lost' 0 "$(field clients_lost)"
is 'no byte was wrong' 0 "$(field bytes_wrong)"
master=$(own master)
kill -KILL "$master"
becomes 'a master that dies has another behind it' 0 healthy
is 'which is another' yes "$([ "$(own master)" -ne "$master" ] && echo yes)"
# shellcheck disable=SC2009 # by namespace, not by name
becomes 'no dead process is left to the first' 0 sh -c \
	"ps -o stat= --ppid $(parents "$first") | grep -c Z"

# TERM: a client that is being served, and one that still comes.
outside curl -sS --limit-rate 1600K --max-time 60 -o "$dir/slow" \
	"http://127.0.0.1:$port/big" &
slow=$!
until [ -s "$dir/slow" ] || ! kill -0 $slow 2>/dev/null; do
	sleep 0.05
done
kill -TERM "$first"
becomes 'told to stop it is not ready' 1 healthy
is 'but serves who comes' 206 "$(outside curl -sS -r 0-9 -o /dev/null \
	-w '%{http_code}' "http://127.0.0.1:$port/big")"
wait $slow
is 'who was being served is served to the end' 0 \
	"$(cmp "$dir/slow" "$dir/root/srv/big" >&2; echo $?)"
wait "$server"
is 'then it ends well' 0 $?
server=
is 'and leaves nobody' 0 "$(left)"
is 'it said that it can do all of it' 0 \
	"$(grep -ciE 'cannot|denies|no takeovers|refused' "$dir/log")"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
