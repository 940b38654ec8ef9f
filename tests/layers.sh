#!/bin/sh
# scripts/layers: TAP on standard output.
set -u
# shellcheck disable=SC2154 # in the environment of make check
layers=$top_srcdir/scripts/layers
saved=$top_srcdir/tests/fuzz/corpus/capture/echo-and-http
dir=$(mktemp -d "${TMPDIR:-/tmp}/layers-test-XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
. "$top_srcdir/scripts/lib/tap.sh"

# The words behind the rungs, in their order, in one line.
steps() {
	sed -n 's/^ *[0-9.]* |[-<].*[->]| //p' "$1" | tr '\n' ' '
}

rungs='handshake handshake handshake data ack data ack close close close '

saved_one_is_explained() {
	"$layers" "$saved" >"$dir/out" || return
	[ "$(grep -c 'Ethernet frame: bytes 0 to' "$dir/out")" -eq 2 ] &&
		grep -q '^| +-- IP packet: bytes 14 to 76 (63) -' "$dir/out" &&
		grep -q '^| | +-- TCP segment: bytes 34 to 76 ' "$dir/out" &&
		grep -q '^| | | +-- application: bytes 66 to 76 ' "$dir/out" &&
		grep -q '  36  destination port 35831 ' "$dir/out" &&
		grep -q '68 65 6c 6c 6f 0a 65 78 69 74 0a .*hello.exit' \
			"$dir/out" &&
		[ "$(steps "$dir/out")" = "$rungs$rungs" ]
}

other_files_are_refused() {
	"$layers" "$0" >"$dir/out" 2>&1
	[ $? -eq 111 ] && grep -q 'no capture' "$dir/out"
}

own_packets_are_explained() {
	cat "$1"
	[ "$(grep -c 'closed by both' "$1")" -eq 2 ] &&
		grep -q '68 65 6c 6c 6f 0a 65 78 69 74 0a .*hello.exit' "$1" &&
		grep -q '"HTTP/1.1 200 OK' "$1" &&
		! grep -q 'left out' "$1"
}

# Of the hidden request the length is known, and the time.
saved_tls_is_explained() {
	"$layers" "$top_srcdir/tests/fuzz/corpus/capture/tls" >"$dir/out" ||
		return
	tls_is_explained "$dir/out"
}

# In each of the connections the frame that begins it and the one with the
# request are shown in full.
tls_is_explained() {
	cat "$1"
	[ "$(grep -c '^Frame ' "$1")" -eq 4 ] &&
		grep -q 'server name      localhost ' "$1" &&
		grep -q '69  length           80                63, and 17' \
			"$1" &&
		grep -q '^name of the site  localhost  *localhost$' "$1" &&
		grep -q '^version           TLS 1.3 ' "$1" &&
		grep -q '^request           hidden  *GET /hello.txt HTTP' "$1" &&
		grep -q '^  its length      63: a record of 80  *63$' "$1" &&
		grep -q '^answer            hidden  *HTTP/1.1 200 OK$' "$1" &&
		! grep -q 'not seen' "$1" && told_by_proxy "$1"
}

# The PROXY protocol tells of the one that is the client with TLS.
told_by_proxy() {
	[ "$(awk '$1 == "client" && NF == 3 { print $2 }' "$1")" = \
		"$(awk '/^PROXY protocol/ { print $4 }' "$1")" ]
}

echo 1..5
test_that "a saved capture is explained" saved_one_is_explained
test_that "what is no capture is refused" other_files_are_refused
words="an echo and a request are captured and explained"
if ! command -v tcpdump >/dev/null 2>&1; then
	skipped "there is no tcpdump"
elif "$layers" >"$dir/own" 2>"$dir/why"; then
	test_that "$words" own_packets_are_explained "$dir/own"
elif grep -q 'right to capture' "$dir/why"; then
	skipped "there is no right to capture"
else
	test_that "$words" own_packets_are_explained "$dir/why"
fi
test_that "a saved capture with TLS is explained" saved_tls_is_explained
words="a request is captured before TLS and behind it"
if ! command -v tcpdump >/dev/null 2>&1 || ! command -v hitch >/dev/null 2>&1 ||
	! command -v openssl >/dev/null 2>&1; then
	skipped "tcpdump, hitch or openssl is not there"
elif XDG_DATA_HOME=$dir/data "$layers" --tls >"$dir/own" 2>"$dir/why"; then
	test_that "$words" tls_is_explained "$dir/own"
elif grep -q 'right to capture' "$dir/why"; then
	skipped "there is no right to capture"
else
	test_that "$words" tls_is_explained "$dir/why"
fi
