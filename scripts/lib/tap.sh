# shellcheck shell=sh
# tap.sh - what a test that is a script says on standard output: a line of TAP
# for each test, numbered in $n. To be sourced by scripts that have made $dir;
# what they and their programs said meanwhile is in its files said, out and err.

n=0

# ok WORDS...: one more test, by the status of the command before.
ok() {
	if [ "$?" -eq 0 ]; then
		echo "ok $((n += 1)) - $*"
		return
	fi
	echo "not ok $((n += 1)) - $*"
	# shellcheck disable=SC2154 # of the script that sources this
	sed 's/^/# /' "$dir/said" "$dir/out" "$dir/err" 2>/dev/null
}

# test_that WORDS COMMAND...: one more test, by the status of that command.
test_that() {
	title=$1
	shift
	"$@" >"$dir/said" 2>&1
	ok "$title"
}

# skipped WHY...: one more test, which cannot be made here.
skipped() {
	echo "ok $((n += 1)) # SKIP $*"
}
