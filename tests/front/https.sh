#!/bin/bash
# https.sh [NAME]... - tries scripts/https; called by it in the top directory.
# HTTPS_MIB is how much is sent through TLS while workers are killed. The last
# line is "N passed, N failed".
set -u
. scripts/lib/packages.sh
. scripts/lib/build.sh
. scripts/lib/authority.sh
. scripts/lib/parents.sh
. scripts/lib/ports.sh

[ $# -gt 0 ] || set -- authority hitch haproxy browser
for name; do
	case $name in
	authority | hitch | haproxy) need https-test ;;
	browser) need https-test https-browser ;;
	*) say "there is no '$name'" && exit 100 ;;
	esac
done
if [ -z "${PREFORK-}" ]; then
	# shellcheck disable=SC2046 # a word or none
	need build $(configuring)
	configured
	built prefork
	PREFORK=$PWD/prefork
fi
export PREFORK

top=$PWD
dir=$(mktemp -d "${TMPDIR:-/tmp}/https-test-XXXXXX") || exit 111
front='' killer='' port=''
down() {
	: >"$dir/over"
	[ -z "$killer" ] || wait "$killer"
	killer=
	[ -n "$front" ] || return 0
	kill "$front" 2>/dev/null
	wait "$front"
	status=$?
	front=
	return "$status"
}
trap 'down; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
# Nothing of the user who calls this.
export HOME=$dir XDG_DATA_HOME=$dir/data GIT_CONFIG_NOSYSTEM=1
mkdir "$dir/root"
head -c $((${HTTPS_MIB:-192} * 1048576)) /dev/urandom >"$dir/root/big"
echo 'a page' >"$dir/root/page"
printf '<p id=a>before</p><script src=after.js></script>' \
	>"$dir/root/index.html"
echo 'a.textContent = "script of " + location.protocol' >"$dir/root/after.js"
trusted=$dir/data/prefork/authority.pem

passed=0 failed=0
# see WORDS... -- COMMAND...: is it so?
see() {
	local words=()
	while [ "$1" != -- ]; do words+=("$1") && shift; done
	shift
	if "$@" >"$dir/said" 2>&1; then
		passed=$((passed + 1))
		echo "ok    ${words[*]}"
	else
		failed=$((failed + 1))
		echo "FAIL  ${words[*]}"
		tail -n 20 "$dir/said" "$dir/log"
	fi
}

# up [OPTION]...: starts a front on a free port; sets front, port and url.
up() {
	free_port port
	url=https://localhost:$port
	: >"$dir/log"
	rm -f "$dir/over" "$dir/access" "$dir/pid"
	"$top/scripts/https" --openssl -p "$port" "$@" -w 2 -r "$dir/root" \
		--access-log "$dir/access" --pid-file "$dir/pid" \
		>"$dir/log" 2>&1 &
	front=$!
	until grep -q 'TLS 1.3;' "$dir/log"; do
		kill -0 "$front" 2>/dev/null || {
			cat "$dir/log"
			exit 111
		}
		sleep 0.05
	done
}

curls() {
	curl -sS --fail --max-time 120 --cacert "$trusted" "$@"
}

takeovers() {
	grep -c 'took over' "$dir/log"
}

loads_page() {
	[ "$(curls --interface 127.0.0.2 -o "$dir/page" \
		-w '%{http_version} %{ssl_verify_result}' "$url/page")" = \
		"$1 0" ] && cmp "$dir/page" "$dir/root/page"
}

tls_13() {
	curls -v --tlsv1.3 -o /dev/null "$url/page" 2>&1 |
		grep 'SSL connection using TLSv1.3'
}

# refused STATUS CURL ARGUMENT...: curl ends like this, and has said nothing.
refused() {
	local status=$1
	shift
	curl -sS --max-time 20 -o "$dir/none" "$@"
	[ $? -eq "$status" ] && [ ! -s "$dir/none" ]
}

# The line of the log is written when the answer has left.
logged() {
	local n=0
	until grep "^$1 .* \"GET $2 HTTP" "$dir/access"; do
		n=$((n + 1))
		[ $n -lt 200 ] || return
		sleep 0.02
	done
}

inner_port() {
	sed -n 's/^prefork: listening on 127.0.0.1://p' "$dir/log"
}

without_proxy() {
	curl -sS --max-time 20 "http://127.0.0.1:$(inner_port)/page"
	case $? in 52 | 56) ;; *) return 1 ;; esac
}

clones() {
	rm -rf "$dir/clone"
	GIT_SMART_HTTP=0 GIT_SSL_CAINFO=$trusted \
		git clone -q "$url/project.git" "$dir/clone" &&
		git -C "$dir/clone" fsck --strict &&
		[ "$(git -C "$dir/clone" rev-parse HEAD)" = \
			"$(git -C "$dir/root/project.git" rev-parse HEAD)" ]
}

# Until five workers were killed meanwhile.
big_comes() {
	local before
	before=$(takeovers)
	until [ $(($(takeovers) - before)) -ge 5 ]; do
		curls "$url/big" | cmp - "$dir/root/big" || return
	done
}

nobody_lost() {
	! grep 'took over.* kept, [1-9]' "$dir/log"
}

ends_in_order() {
	local status=0 inner
	inner=$(inner_port)
	down || status=$?
	[ "$status" -eq 0 ] && ! reached 127.0.0.1 "$port" &&
		! reached 127.0.0.1 "$inner"
}

# proxy NAME VERSION [OPTION]...: what holds whatever stands before it.
proxy() {
	local name=$1 version=$2
	shift 2
	up "$@"
	see "$name: curl loads a page over HTTP/$version" -- loads_page "$version"
	see "$name: by TLS 1.3" -- tls_13
	see "$name: and by nothing older" -- \
		refused 35 --cacert "$trusted" --tls-max 1.2 "$url/page"
	see "$name: not without its authority" -- refused 60 "$url/page"
	see "$name: the log has the client's address" -- \
		logged 127.0.0.2 /page
	see "$name: nobody comes past it" -- without_proxy
	kills_workers "$dir/over" 0.05 cat "$dir/pid" &
	killer=$!
	see "$name: git clones while workers are killed" -- clones
	see "$name: ${HTTPS_MIB:-192} MiB come as they are" -- big_comes
	: >"$dir/over"
	wait "$killer"
	killer=
	see "$name: $(takeovers) takeovers, nobody is lost" -- nobody_lost
	see "$name: both end" -- ends_in_order
}

project() {
	[ ! -d "$dir/root/project.git" ] || return 0
	git init -q "$dir/project"
	for n in $(seq 40); do
		seq "$n" $((n * 50)) >"$dir/project/$n"
		git -C "$dir/project" add .
		git -C "$dir/project" -c user.name=a -c user.email=a@localhost \
			commit -q -m "$n"
	done
	git clone -q --bare "$dir/project" "$dir/root/project.git"
	git -C "$dir/root/project.git" update-server-info
}

do_hitch() {
	project
	proxy hitch 1.1
}

do_haproxy() {
	project
	proxy haproxy 2 --haproxy
}

secret() {
	[ "$(find "$dir/data/prefork" -name '*.key' -perm 600 | wc -l)" -eq 1 ] &&
		! find "$dir/data/prefork" -name '*.key' ! -perm 600 | grep .
}

# outsider NAME: the authority's key certifies it, and nobody believes that.
outsider() {
	(certified "$dir/outsider" "$1") 2>"$dir/outsider/why" && return 1
	grep 'permitted subtree violation' "$dir/outsider/why"
}

same_authority() {
	cp "$trusted" "$dir/before" && (certified "$dir/outsider" localhost) &&
		cmp "$dir/before" "$trusted"
}

# Two that begin at once have one authority.
one_authority() {
	rm -rf "$dir/data/prefork"
	mkdir "$dir/a" "$dir/b"
	(certified "$dir/a" localhost) &
	(certified "$dir/b" localhost) || return
	wait $! || return
	openssl verify -CAfile "$trusted" "$dir/a/chain" "$dir/b/chain"
}

do_authority() {
	mkdir "$dir/outsider"
	(certified "$dir/outsider" localhost box.lan 10.1.2.3 ::1)
	see 'authority: its key is for its owner alone' -- secret
	see 'authority: it is kept' -- same_authority
	see 'authority: it cannot vouch for a name of the world' -- \
		outsider example.com
	see 'authority: nor for an address of the world' -- outsider 192.0.2.1
	see 'authority: two at once make one' -- one_authority
}

chromium_shows() {
	timeout 120 chromium --headless --no-sandbox --disable-gpu \
		--disable-dev-shm-usage --no-first-run --disable-sync \
		--disable-background-networking --disable-component-update \
		--user-data-dir="$dir/profile" --virtual-time-budget=20000 \
		--dump-dom "$1"
}

chromium_loads() {
	chromium_shows "$url/" | grep '<p id="a">script of https:</p>'
}

# The same browser before it was told to trust.
chromium_refuses() {
	! chromium_shows "$url/" | grep '<p id="a">'
}

# As the script says it.
trusts() {
	mkdir -p "$dir/.pki/nssdb" &&
		certutil -d "sql:$dir/.pki/nssdb" -N --empty-password &&
		certutil -d "sql:$dir/.pki/nssdb" -A -t C,, -n prefork \
			-i "$trusted"
}

do_browser() {
	up --haproxy
	see 'browser: it refuses who it was not told to trust' -- \
		chromium_refuses
	see 'browser: it is told to trust the authority' -- trusts
	see 'browser: it loads a page by HTTP/2' -- chromium_loads
	see 'browser: the log has its address' -- logged '\(127.0.0.1\|::1\)' \
		/after.js
	down
	up
	see 'browser: it loads a page through hitch' -- chromium_loads
	down
}

for name; do
	"do_$name"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
