# shellcheck shell=sh
# parents.sh - whose children a server's processes are. To be sourced.

# parents PID: the server's first process and, if that is a keeper, the master.
parents() {
	ps -o pid= -o comm= --ppid "$1" | awk -v first="$1" '
		$2 == "prefork-master" { master = "," $1 }
		END { print first master }'
}
