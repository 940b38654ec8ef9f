#!/bin/bash
# framing.sh [NAME]... - hundreds of requests whose end one reader may see in
# another place than the other (tests/front/framing.c has them), through HAProxy
# and nginx to prefork. No answer comes to another's request, and what
# prefork says in its access log that it was asked is what the proxy says that it
# asked, request by request. The names: haproxy, nginx. The last line is
# "N passed, N failed".
set -u
cd "$(dirname -- "$0")/../.." || exit 111
. scripts/lib/packages.sh
. scripts/lib/build.sh
. scripts/lib/ports.sh
trial=framing
. scripts/lib/trial.sh

[ $# -gt 0 ] || set -- haproxy nginx
need framing
if [ -z "${PREFORK-}" ] || [ -z "${FRAMING-}" ]; then
	# shellcheck disable=SC2046 # a word or none
	need build check $(configuring)
	configured
	built prefork tests/front/framing
	PREFORK=${PREFORK:-$PWD/prefork}
	FRAMING=${FRAMING:-$PWD/tests/front/framing}
fi
mkdir "$dir/root"
for n in $(seq -w 0 0999); do
	for kind in p s a b; do
		echo "<$kind$n>" >"$dir/root/$kind$n"
	done
done
chmod -R a+rX "$dir"

# Connections to prefork go from client to client; what is not sent is given up
# soon. A line of the log: how it ended, who was asked, for what.
haproxy_settings() {
	cat <<-END
		global
			log stderr len 8192 format raw local0 info
			nbthread 1
		defaults
			mode http
			log global
			log-format "%ts %s %{+Q}r"
			timeout connect 5s
			timeout client 1s
			timeout server 10s
			timeout http-request 1s
			timeout http-keep-alive 1s
			http-reuse always
			retries 0
		frontend front
			bind 127.0.0.1:$port
			default_backend files
		backend files
			server prefork 127.0.0.1:$inner
	END
}

nginx_settings() {
	cat <<-END
		daemon off;
		master_process off;
		pid $dir/nginx.pid;
		error_log stderr crit;
		events {
			worker_connections 512;
		}
		http {
			log_format asked '-- \$upstream_addr "\$request"';
			access_log $dir/asked asked;
			client_body_temp_path $dir/body;
			proxy_temp_path $dir/proxy;
			fastcgi_temp_path $dir/other;
			uwsgi_temp_path $dir/other;
			scgi_temp_path $dir/other;
			client_header_timeout 1s;
			client_body_timeout 1s;
			keepalive_timeout 1s;
			lingering_close off;
			upstream prefork {
				server 127.0.0.1:$inner max_fails=0;
				keepalive 8;
			}
			server {
				listen 127.0.0.1:$port;
				location / {
					proxy_pass http://prefork;
					proxy_http_version 1.1;
					proxy_set_header Connection "";
					proxy_next_upstream off;
				}
			}
		}
	END
}

port='' inner=''
# up FRONT: prefork, and the front before it, at these ports.
up() {
	free_port port
	free_port inner
	rm -f "$dir/access" "$dir/asked"
	: >"$dir/log"
	"$PREFORK" -s http -w 2 -b 127.0.0.1 -p "$inner" -r "$dir/root" \
		--access-log "$dir/access" 2>"$dir/log" &
	server=$!
	until grep -q 'prefork: ready' "$dir/log"; do
		kill -0 "$server" 2>/dev/null || exit 111
		sleep 0.02
	done
	"$1_settings" >"$dir/settings"
	case $1 in
	haproxy) haproxy -db -f "$dir/settings" 2>"$dir/asked" & ;;
	nginx) nginx -e stderr -c "$dir/settings" 2>"$dir/said" & ;;
	esac
	helper=$!
	until reached 127.0.0.1 "$port"; do
		kill -0 "$helper" 2>/dev/null || {
			cat "$dir/said"
			exit 111
		}
		sleep 0.02
	done
}

# Both write what they still know.
down() {
	kill -TERM "$helper"
	wait "$helper"
	kill -TERM "$server"
	wait "$server"
	helper='' server=''
}

# differences: a line for each name that prefork was asked for oftener than the front
# says, or not as often, though the front came to its end with it. What
# the front gave up in its midst (of HAProxy: ended by c, C) may have come or not.
differences() {
	awk '
	function name(line) {
		if (!match(line, /\/[psab][0-9][0-9][0-9][0-9]/))
			return "none"
		return substr(line, RSTART + 1, 5)
	}
	FILENAME == ARGV[1] {
		if ($2 == "<NOSRV>" || $2 == "-")
			next
		asked[name($0)]++
		if ($1 ~ /^[cC]/)
			unsure[name($0)]++
		next
	}
	{ got[name($0)]++ }
	END {
		for (n in asked)
			if (got[n] + unsure[n] < asked[n])
				print n, asked[n], "asked", got[n] + 0, "got"
		for (n in got)
			if (got[n] > asked[n])
				print n, asked[n] + 0, "asked", got[n], "got"
	}' "$dir/asked" "$dir/access"
}

# through FRONT
through() {
	up "$1"
	"$FRAMING" "$port" >"$dir/out"
	is "$1: everybody gets answers of his own" 0 $?
	down
	differences >"$dir/differences" || echo failed >>"$dir/differences"
	is "$1: what was asked is what was got" '' "$(cat "$dir/differences")"
	payloads=$(sed -n 's/ payloads.*//p' "$dir/out")
	is "$1: 500 payloads" yes "$([ "$payloads" -ge 500 ] && echo yes)"
	is "$1: each honest one was seen" "$payloads" \
		"$(grep -c '/b[0-9]* ' "$dir/asked")"
	echo "$1: $(tail -n 1 "$dir/out"), $(grep -c '' "$dir/asked") requests" \
		"seen, $(grep -c '' "$dir/access") passed on," \
		"$(grep -c '" 400 ' "$dir/access") of them refused by prefork"
}

for name; do
	case $name in
	haproxy | nginx) through "$name" ;;
	*) say "there is no '$name'" && exit 100 ;;
	esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
