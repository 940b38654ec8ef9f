#!/bin/sh
# scripts/crash-demo without a terminal: TAP on standard output.
set -u
# shellcheck disable=SC2154 # in the environment of make check
demo=$top_srcdir/scripts/crash-demo
dir=$(mktemp -d "${TMPDIR:-/tmp}/crash-demo-XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
. "$top_srcdir/scripts/lib/tap.sh"

# shows STATUS PATTERN ARGUMENT...: the show ends so, and its last line is so.
shows() {
	due=$1 pattern=$2
	shift 2
	TMPDIR=$dir "$demo" "$@" </dev/null >"$dir/out" 2>"$dir/err"
	status=$?
	tail -n 1 "$dir/out" | grep -q -x "$pattern" &&
		[ "$status" -eq "$due" ] && nothing_is_left
}

# Its directory is gone, and its server: nobody listens on the port any more.
nothing_is_left() {
	port=$(sed -n 's/.*listening on 127.0.0.1://p' "$dir/out" | tail -n 1)
	[ -z "$(find "$dir" -name 'prefork-show-*')" ] || return
	[ -z "$port" ] ||
		! "$PREFORK_CLIENT" 127.0.0.1 "$port" </dev/null 2>/dev/null
}

# server WORDS...: a server for the show that is prefork, but for what the
# words do first to its arguments.
server() {
	{
		echo '#!/bin/sh'
		echo "$*"
		echo "exec '$PREFORK' \"\$@\""
	} >"$dir/server"
	chmod +x "$dir/server"
}

keys_are_obeyed_in_turn() {
	printf 'wxsmfq' |
		TMPDIR=$dir "$demo" --clients 40 >"$dir/out" 2>"$dir/err" ||
		return
	grep -q 'after .* s: 40 clients are served, 40 lost' "$dir/out" &&
		[ "$(grep -c 'killing a worker' "$dir/out")" -eq 1 ] &&
		grep -q '^prethread: 40 of 40 clients lost, 0 bytes wrong' \
			"$dir/out" && nothing_is_left
}

models=" ${PREFORK_TEST_MODELS:-prefork prethread fork thread} "
wrong='0 bytes wrong of [0-9]*, in [0-9]* deaths\{0,1\}; as promised: .*'
standbys=yes
case $("$PREFORK" -t --model prefork 2>&1) in
*'no standbys'*) standbys=no ;;
esac

for model in prefork prethread fork thread; do
	case $models in
	*" $model "*) ;;
	*) continue ;;
	esac
	case $model in
	prefork)
		test_that "without standbys a crash costs the worker's clients" \
			shows 0 "prefork: [1-9][0-9]* of 300 clients lost, $wrong" \
			--auto --no-standby
		[ $standbys = yes ] || continue
		test_that "prefork loses nobody" \
			shows 0 "prefork: 0 of 300 clients lost, $wrong" --auto
		;;
	fork)
		test_that "fork loses nobody but the culprit" shows 0 \
			"fork: 0 of 300 clients lost, $wrong" --auto --model fork
		;;
	*)
		test_that "$model loses all" shows 0 \
			"$model: 300 of 300 clients lost, $wrong" \
			--auto --model "$model"
		;;
	esac
done

case $models in
*' prethread '*)
	server 'shift 2; set -- -m prethread "$@"'
	test_that "a promise that is not kept is told" shows 1 \
		'fork: 40 of 40 .*; NOT as promised: clients were lost' \
		--auto --model fork --clients 40 --server "$dir/server"
	# The word behind -r, whatever its place.
	# shellcheck disable=SC2016 # for the server's shell
	server 'r=; for a; do [ "$r" != -r ] || ' \
		'printf x | dd of="$a/download" bs=1 seek=99999 conv=notrunc' \
		'2>/dev/null; r=$a; done'
	test_that "a byte that is wrong is seen" shows 1 \
		'prethread: .*, [1-9][0-9]* bytes wrong .*; NOT as promised: .*' \
		--auto --model prethread --clients 40 --server "$dir/server"
	;;
esac
case "$standbys $models" in
'yes '*' prefork prethread '*)
	test_that "keys are obeyed one after the other" keys_are_obeyed_in_turn
	;;
esac
server 'echo no luck >&2; exit 1'
test_that "a server that does not start is told" shows 111 \
	'.* no luck' --server "$dir/server"
echo "1..$n"
