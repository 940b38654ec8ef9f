# shellcheck shell=sh
# parents.sh - whose children a server's processes are. To be sourced.

# parents PID: the server's first process and, if that is a keeper, the master.
parents() {
	ps -o pid= -o comm= --ppid "$1" | awk -v first="$1" '
		$2 == "prefork-master" { master = "," $1 }
		END { print first master }'
}

# descendants PID [WORD]: the processes below it, if there is such a pid; or only
# those whose title, behind "prefork: ", begins with the word, such as worker.
descendants() {
	[ -n "$1" ] || return 0
	ps -o pid= -o args= --ppid "$(parents "$1")" |
		awk -v what="${2-}" 'what == "" || $3 == what { print $1 }'
}

# kills_workers FILE PAUSE COMMAND...: until FILE is there, kills a worker of the
# server whose pid the command says, and waits for so many seconds. Adds a line to
# FILE.count for each.
kills_workers() {
	over=$1 pause=$2
	shift 2
	: >"$over.count"
	while [ ! -e "$over" ]; do
		victim=$(descendants "$("$@")" worker | shuf -n 1)
		[ -z "$victim" ] || ! kill -9 "$victim" 2>/dev/null ||
			echo "$victim" >>"$over.count"
		sleep "$pause"
	done
}
