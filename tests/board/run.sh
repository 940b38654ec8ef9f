#!/bin/sh
# run.sh NAME... - tries the board in those ways, against one server; called by
# scripts/board in the top directory. The last line is "N passed, N failed".
set -u
. scripts/lib/packages.sh
. scripts/lib/parents.sh
need board-test

BOARD=${BOARD-$PWD/build/board/board}
trial=board
. scripts/lib/trial.sh

# up OPTION...: starts a server with a database of its own; sets server and url.
up() {
	# shellcheck disable=SC2086 # words
	starts listening env BOARD_DATABASE="$dir/board.db" "$BOARD" \
		-w 2 -p 0 -b 127.0.0.1 -r src/examples/board/static \
		--traceable ${BOARD_OPTIONS-} "$@"
}

# It ends as it should, and said nothing that it should not.
down() {
	kill "$server"
	wait "$server" "$helper"
	status=$?
	server='' helper=''
	exec 3<&-
	return "$status"
}

# asks METHOD PATH [CURL ARGUMENT]...: the status becomes $status, what comes is
# in the files head and body.
asks() {
	method=$1 path=$2
	shift 2
	[ "$method" != HEAD ] || set -- --head "$@"
	status=$(curl -sS --max-time 20 -X "$method" -D "$dir/head" \
		-o "$dir/body" -w '%{http_code}' "$@" "$url$path") || status=none
}

# field NAME: of the last answer's head.
field() {
	tr -d '\r' <"$dir/head" | sed -n "s/^$1: //Ip" | head -n 1
}

# query SQL: of the database.
query() {
	sqlite3 -cmd '.timeout 5000' "$dir/board.db" "$1"
}

# has WORDS PATTERN: the last body.
has() {
	is "$1" yes "$(grep -q -e "$2" "$dir/body" && echo yes || echo no)"
}

has_not() {
	is "$1" no "$(grep -q -e "$2" "$dir/body" && echo yes || echo no)"
}

for name; do
	rm -f "$dir/board.db"*
	before=$((passed + failed))
	# shellcheck source=/dev/null
	. "tests/board/$name.sh"
	echo "$name: $((passed + failed - before)) things tried"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
