# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # shared with the storm
# faults.sh - storms in which a client makes its worker crash. To be sourced
# by scripts/storm.

# takeovers [PATTERN]: how many lines tell of one, and match. A worker that is
# scribbled over may write anything into the log on its way out.
takeovers() {
	LC_ALL=C grep -a 'took over' "$dir/log" | LC_ALL=C grep -ac -e "${1-}"
}

# seated: how many descriptors the workers have in all beside those that
# they had before.
seated() {
	for pid in $(family worker); do
		find "/proc/$pid/fd" -mindepth 1
	done | wc -l | awk -v own=$((before * workers)) '{ print $1 - own }'
}

# faulty COMMAND: that and a number at random, as a client sends it: a line for
# the echo, or a request if the command is one.
faulty() {
	number=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
	case $1 in
	GET_*) printf 'GET %s?%s HTTP/1.1\r\nHost: storm\r\n\r\n' \
		"${1#GET_}" "$number" ;;
	*) echo "$1 $number" ;;
	esac
}

# faults COMMAND TIMES OTHERS: waits for so many clients, and then there are
# so many more, one after the other, that send the command. The next comes when
# the server has told of the last. Ends the load.
faults() {
	until [ "$(seated)" -ge "$3" ] || ! kill -0 "$client" 2>/dev/null; do
		sleep 0.01
	done
	while [ "$count" -lt "$2" ] && kill -0 "$client" 2>/dev/null; do
		count=$((count + 1))
		faulty "$1" | "$PREFORK_CLIENT" 127.0.0.1 "$port" >"$dir/answer" 2>&1
		n=0
		until [ "$(takeovers)" -ge "$count" ] || [ $n -ge 1000 ]; do
			n=$((n + 1))
			sleep 0.01
		done
	done
	echo "$count" >"$dir/kills"
	kill -TERM "$client" 2>/dev/null
}

# complain WORDS...
complain() {
	echo "$name: $*"
	status=1
}

# Nothing but takeovers, one for each fault: no crash of a standby, before
# or after it took over, no cold start. What the libc or a sanitizer says in a worker that
# is scribbled over has not our name before it.
judge_faults() {
	count=$(cat "$dir/kills")
	[ "$(takeovers)" -eq "$count" ] || complain "$(takeovers) takeovers"
	LC_ALL=C grep -a '^prefork: ' "$dir/log" |
		grep -v -e 'took over' -e listening -e 'status on' -e 'running as root' \
			-e 'ready:' -e "prefork: root $dir/root " \
			-e ' of the log w[ae][rs]' >"$dir/strange" &&
		complain "it also said: $(head -n 5 "$dir/strange")"
}

# Clients may have been lost; what came was right.
judge_scribble() {
	status=0
	judge_faults
	for what in bytes_wrong refused extra garbled timeout; do
		[ "$(field $what)" = 0 ] || complain "$what: $(field $what)"
	done
	[ "$(field round_trips)" -gt 0 ] || complain "nothing came back"
}

# judge_blame WORDS: the one is named by how what it sent begins, and nobody else
# is dropped.
judge_blame() {
	judge_faults
	n=$(takeovers ": 1000 clients kept, 1 dropped (.* is blamed, it sent \"$1")
	[ "$n" -eq "$count" ] || complain "$n times exactly one was lost"
	slow=$(takeovers ', in [0-9]\{4,\}\.')
	[ "$slow" -eq 0 ] || complain "$slow takeovers of a second or more"
}
