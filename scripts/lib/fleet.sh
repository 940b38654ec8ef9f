# shellcheck shell=bash
# shellcheck disable=SC2154 # size, port, dir, top and options are the caller's
# fleet.sh - several prefork with HAProxy before them, in $dir. To be sourced, by
# bash, after ports.sh. What they all say goes to descriptor 7.

# By number, from 1: the pid, and the ports for clients and for --status.
servers=() ports=() statuses=() proxy=''
# ... and the descriptor that puts its number before what it says.
says=()

# fleet_starts NUMBER [OPTION]...: waits until it serves. Its processes are a group
# of their own, as if on a machine of their own. Those before it, if they were
# killed, may not have let go of the ports yet.
fleet_starts() {
	local n=$1
	shift
	while reached 127.0.0.1 "${ports[n]}" ||
		reached 127.0.0.1 "${statuses[n]}"; do
		sleep 0.02
	done
	rm -f "$dir/ready"
	mkfifo "$dir/ready"
	set -m
	"$PREFORK" -s http -b 127.0.0.1 -p "${ports[n]}" \
		--proxy-protocol 127.0.0.1 --status "127.0.0.1:${statuses[n]}" \
		--drain-delay 2 --notification-fd 9 "$@" 9>"$dir/ready" \
		2>&"${says[n]}" &
	servers[n]=$!
	set +m
	read -r _ <"$dir/ready" || exit 111
	echo "${servers[n]}" >"$dir/pid"
	mv "$dir/pid" "$dir/pid.$n"
}

# fleet_kills NUMBER: all of its processes at one moment. One by one, a standby has
# the time to take over.
fleet_kills() {
	kill -KILL -- "-${servers[$1]}"
	wait "${servers[$1]}" 2>/dev/null
}

# The settings, for this machine: with one line `server` for each.
settings() {
	local n lines=
	for n in $(seq "$size"); do
		lines+="	server prefork$n 127.0.0.1:${ports[n]}"
		lines+=" check port ${statuses[n]}\n"
	done
	awk -v bind="127.0.0.1:$port" -v lines="$lines" \
		-v stats="ipv4@127.0.0.1:$stats level user" -v id="$(id -u)" '
		/^\tbind / { print "\tbind " bind; next }
		/^\tstats socket / { print "\tstats socket " stats; next }
		/^\tserver / { printf "%s", lines; lines = ""; next }
		/^\t(user|group) / && id != 0 { next }
		{ print }' "$top/scripts/fleet.d/haproxy.cfg"
}

# fleet_begins: all of them, and HAProxy when they serve.
fleet_begins() {
	local n
	for n in $(seq "$size"); do
		exec {said}> >(sed -u "s/^prefork:/prefork $n:/" >&7)
		says[n]=$said
		free_port "ports[n]"
		free_port "statuses[n]"
		fleet_starts "$n" "${options[@]}"
	done
	free_port stats
	settings >"$dir/settings"
	haproxy -db -f "$dir/settings" 2>&7 &
	proxy=$!
	until reached 127.0.0.1 "$port"; do
		kill -0 "$proxy" 2>/dev/null || exit 111
		sleep 0.05
	done
}

# fleet_ends SIGNAL: first the servers, then the proxy in front of them.
fleet_ends() {
	[ -z "$proxy" ] || [ "$1" = INT ] || kill -USR1 "$proxy" 2>/dev/null
	[ ${#servers[@]} -eq 0 ] || {
		kill "-$1" "${servers[@]}" 2>/dev/null
		wait "${servers[@]}" 2>/dev/null
	}
	[ -z "$proxy" ] || kill -TERM "$proxy" 2>/dev/null
	[ -z "$proxy" ] || wait "$proxy" 2>/dev/null
	servers=() proxy=''
}

# figure SERVER|BACKEND NAME: as HAProxy tells it in `show stat` of files.
figure() {
	{
		echo 'show stat files 6 -1' >&8
		cat <&8
	} 8<>"/dev/tcp/127.0.0.1/$stats" 2>/dev/null |
		awk -F , -v who="$1" -v name="$2" '
		/^# / { for (i = 1; i <= NF; i++) column[$i] = i }
		$2 == who { print $column[name] }'
}
