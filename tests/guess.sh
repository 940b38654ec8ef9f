#!/bin/sh
# The workers' canary is guessed: TAP on standard output.
set -u
case " ${PREFORK_TEST_MODELS:-prefork} " in
*' prefork '*) ;;
*)
	echo "1..0 # SKIP the model prefork is not tested here"
	exit 0
	;;
esac
# shellcheck disable=SC2154 # in the environment of make check
guess=$top_builddir/prefork-guess
dir=$(mktemp -d "${TMPDIR:-/tmp}/guess-test-XXXXXX") || exit 111
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
mkdir "$dir/tmp"
export TMPDIR="$dir/tmp"
# shellcheck disable=SC2154 # in the environment of make check
. "$top_srcdir/scripts/lib/tap.sh"

"$guess" --program "$PREFORK" --deaths 200 >"$dir/out" 2>&1
status=$?
if [ "$status" -eq 77 ]; then
	echo "1..0 # SKIP $(cat "$dir/out")"
	exit 0
fi
echo 1..3
[ "$status" -eq 0 ]
ok "a canary is learnt where workers keep it, and else no byte of it"
sed 's/^/# /' "$dir/out"

cat >"$dir/server" <<EOF
#!/bin/sh
exec "$PREFORK" "\$@" --no-exec
EOF
chmod +x "$dir/server"
"$guess" --program "$dir/server" --bytes 1 --deaths 600 >"$dir/out" 2>&1
[ "$?" -eq 1 ] && grep -q '^UNEXPECTED: with exec' "$dir/out"
ok "a server that keeps it against its word is found out"

: >"$dir/out"
[ -z "$(ls "$dir/tmp")" ]
ok "nothing is left behind"
