# shellcheck shell=sh
# shellcheck disable=SC2034 # of who sources it
# trial.sh - a script that tries a server: its directory $dir, which is removed
# at the end, and what it counts. Who sources it says its name in $trial.

dir=$(mktemp -d "${TMPDIR:-/tmp}/${trial:?}-XXXXXX") || exit 111
server='' helper='' passed=0 failed=0
leave() {
	# shellcheck disable=SC2086 # may be none
	kill $server $helper 2>/dev/null
	wait
	rm -rf "$dir"
}
trap leave EXIT
trap 'exit 130' INT TERM

# starts WHAT COMMAND [ARGUMENT]...: a server; sets $server, $port where clients
# come, and $url by its line "WHAT on ADDRESS". Its log goes to the file log once
# it is ready.
starts() {
	what=$1
	shift
	mkfifo "$dir/words"
	"$@" 2>"$dir/words" &
	server=$!
	exec 3<"$dir/words"
	while read -r line <&3; do
		case $line in
		*'listening on 127.0.0.1:'*) port=${line##*:} ;;
		esac
		case $line in
		*"$what on 127.0.0.1:"*) url=http://127.0.0.1:${line##*:} ;;
		*' ready'*) break ;;
		esac
	done
	cat <&3 >"$dir/log" &
	helper=$!
	rm "$dir/words"
}

# is WORDS WANTED GOT: with the file body, if there is one, where it is not.
is() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
	printf 'not ok: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
	head -c 600 "$dir/body" 2>/dev/null | sed 's/^/  | /'
}

# becomes WORDS WANTED COMMAND...: as is, of what the command says within ten
# seconds.
becomes() {
	about=$1 wanted=$2
	shift 2
	tries=0
	until
		now=$("$@")
		[ "$now" = "$wanted" ] || [ $tries -eq 100 ]
	do
		tries=$((tries + 1))
		sleep 0.1
	done
	is "$about" "$wanted" "$now"
}
