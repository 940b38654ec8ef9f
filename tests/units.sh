#!/bin/sh
# The units of systemd, by its own judgement: TAP on standard output.
set -u
# shellcheck disable=SC2154 # in the environment of make check
units=$top_srcdir/scripts/systemd
if ! command -v systemd-analyze >/dev/null; then
	echo "1..0 # SKIP there is no systemd-analyze here"
	exit 0
fi
dir=$(mktemp -d "${TMPDIR:-/tmp}/units-test-XXXXXX") || exit 111
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
. "$top_srcdir/scripts/lib/tap.sh"

# With the program that is tested, since none is installed.
case $PREFORK in
/*) program=$PREFORK ;;
*) program=$(pwd)/$PREFORK ;;
esac
for unit in prefork.socket prefork.service; do
	sed "s|/usr/sbin/prefork|$program|" "$units/$unit" >"$dir/$unit" ||
		exit 111
done

systemd-analyze verify --man=no "$dir/prefork.socket" \
	"$dir/prefork.service" >"$dir/out" 2>&1 && [ ! -s "$dir/out" ]
ok "the units are well formed"

systemd-analyze security --offline=true --threshold=20 --no-pager \
	"$dir/prefork.service" >"$dir/out" 2>&1
ok "the service is exposed less than 2.0"

# What would undo all of it.
grep -qx 'OOMPolicy=continue' "$dir/prefork.service" &&
	grep -qx 'KillMode=mixed' "$dir/prefork.service" &&
	grep -qx 'NotifyAccess=main' "$dir/prefork.service"
ok "the death of a worker does not end the service"

echo "1..$n"
