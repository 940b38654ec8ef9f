# shellcheck shell=bash
# ports.sh - free ports, and ports that answer. To be sourced, by bash.

# reached ADDRESS PORT: does a server listen there?
reached() {
	(: <"/dev/tcp/$1/$2") 2>/dev/null
}

# free_port: one on the loopback at which nobody listens, below those that the system
# gives to clients, so that none of them takes it meanwhile.
free_port() {
	local port
	while :; do
		port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
		reached 127.0.0.1 "$port" || break
	done
	echo "$port"
}
