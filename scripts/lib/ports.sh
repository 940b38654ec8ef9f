# shellcheck shell=bash
# ports.sh - free ports, and ports that answer. To be sourced, by bash.

# reached ADDRESS PORT: does a server listen there?
reached() {
	(: <"/dev/tcp/$1/$2") 2>/dev/null
}

# Those that are in use, or will be, though nobody may listen there yet.
ports_given=' '

# free_port NAME: sets that variable to a port on the loopback at which nobody
# listens, and which was not given before. It is below those that the system gives to
# clients, so that none of them takes it meanwhile.
free_port() {
	local one
	while :; do
		one=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
		case $ports_given in *" $one "*) continue ;; esac
		reached 127.0.0.1 "$one" || break
	done
	ports_given+="$one "
	printf -v "$1" %s "$one"
}
