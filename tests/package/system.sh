#!/bin/sh
# system.sh DIRECTORY - what deb.sh does in namespaces of its own: the packages
# DIRECTORY/*.deb come into a copy of this system, and go again. systemd is not
# its first process: systemd-socket-activate starts the server, and `systemctl`
# there knows only which process it is, and writes down what it is asked.
set -u
given=$1 top=$1/top root=$1/system
trial=system
. scripts/lib/trial.sh

laid() {
	mount -t tmpfs none "$top" && mkdir "$top/upper" "$top/work" &&
		mount -t overlay none "$root" -o \
			"lowerdir=/,upperdir=$top/upper,workdir=$top/work" &&
		mount -t proc none "$root/proc" &&
		mount --rbind /dev "$root/dev" || exit
	for each in tmp run srv usr/local; do
		mount -t tmpfs none "$root/$each" || exit
	done
	mkdir -p "$root/run/systemd/system" "$root/usr/local/bin" \
		"$root/srv/www" "$root/run/lock"
	cp "$given"/*.deb "$root/tmp"
	cat >"$root/usr/local/bin/systemctl" <<-'END'
		#!/bin/sh
		echo "$*" >>/run/asked
		case $* in
		*show*MainPID*prefork.service) cat /run/main ;;
		*is-enabled*) echo disabled && exit 1 ;;
		*is-active*) [ "$(cat /run/main)" -ne 0 ] ;;
		esac
	END
	chmod +x "$root/usr/local/bin/systemctl"
	echo 0 >"$root/run/main"
	# A machine without services may forbid to start any.
	[ ! -e "$root/usr/sbin/policy-rc.d" ] ||
		mount --bind /dev/null "$root/usr/sbin/policy-rc.d" || exit
	# Loopback is there, and down.
	ip link set lo up
}

# What a command of that system begins with.
in_there="chroot $root env DEBIAN_FRONTEND=noninteractive LC_ALL=C
	PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

there() {
	$in_there "$@"
}

# tells COMMAND...: nothing, if it ends with 0 there; else what it said.
tells() {
	there "$@" >"$dir/said" 2>&1 </dev/null && return
	echo "it ends with $?"
	tail -n 20 "$dir/said"
}

# Asked of systemctl since the last time, without what is only looked at.
asked() {
	grep -v -e show -e is- -e daemon-reload "$root/run/asked"
	: >"$root/run/asked"
}

units() {
	for each in service socket; do
		find "$root/lib/systemd/system/prefork.$each" \
			"$root/usr/lib/systemd/system/prefork.$each" 2>/dev/null |
			sed -n "s|^$root||p" | head -n 1
	done
}

installs() {
	is 'they are installed' '' "$(tells dpkg -i /tmp/first.deb /tmp/library.deb)"
	is 'and nothing is started or enabled' '' "$(asked)"
	is 'nor is it wanted at the next start' '' "$(find "$top/upper/etc/systemd" \
		-name 'prefork*' 2>/dev/null)"
	# shellcheck disable=SC2046 # two names
	is 'systemd finds nothing amiss in the units' '' "$(
		there systemd-analyze verify --man=no $(units) 2>&1)"
	# shellcheck disable=SC2046
	is 'and the service exposed less than 2.0' '' "$(tells systemd-analyze \
		security --offline=true --threshold=20 --no-pager $(units | head -n 1))"
	is 'the manual is compressed' 5 "$(there sh -c \
		'gzip -t /usr/share/man/man[178]/prefork*.gz && ls /usr/share/man/man[178]/prefork*.gz' |
		wc -l)"
	is 'bash completes its options' '' "$(tells bash -c '
		. /usr/share/bash-completion/completions/prefork &&
		complete -p prefork prefork-client prefork-show')"
	cat >"$root/tmp/own.c" <<-'END'
		#include <prefork/service.h>
		int main(int argc, char **argv)
		{
			static const struct pf_route none[1];
			static const struct pf_service own = {"own", none};
			return prefork_main(argc, argv, &own);
		}
	END
	# shellcheck disable=SC2016 # it is for the shell there
	is 'a service of its own can be made' '' "$(tells sh -c '
		cd /tmp && cc own.c -o own $(pkg-config --cflags --libs prefork)
		./own -V')"
}

# As ExecStart says, with the options of the file, by a socket that was made
# before, for a user who owns nothing; sets $server to the first process.
serves() {
	seq 1000 >"$root/srv/www/numbers"
	echo "PREFORK_OPTIONS='-w 1'" >"$root/etc/default/prefork"
	command=$(sed -n 's/^ExecStart=//p' "$root$(units | head -n 1)")
	: >"$dir/log"
	# shellcheck disable=SC2016 # it is for the shell there
	$in_there setpriv --reuid nobody --regid nogroup --clear-groups sh -c '
		. /etc/default/prefork && exec systemd-socket-activate \
			-l 127.0.0.1:5000 --fdname=web '"$command" \
		2>"$dir/log" &
	server=$!
	until grep -q 'Listening on' "$dir/log"; do
		kill -0 $server || exit
	done
	mkfifo "$dir/in" "$dir/out"
	$in_there prefork-client 127.0.0.1 5000 <"$dir/in" >"$dir/out" 2>&1 &
	helper=$!
	exec 8>"$dir/in" 9<"$dir/out"
	is 'it serves' 1000 "$(request)"
	echo $server >"$root/run/main"
}

# request: the last line of the answer that the one client gets; it never goes.
request() {
	printf 'GET /numbers HTTP/1.1\r\nHost: localhost\r\n\r\n' >&8
	while read -r line <&9; do
		[ "$line" != 1000 ] || break
	done
	echo "$line"
}

# Which program do they run?
programs() {
	# shellcheck disable=SC2046 # pids
	there readlink $(there pgrep -P "$server" |
		sed "1i$server" | sed 's|.*|/proc/&/exe|') | sort -u
}

upgrades() {
	is 'what runs is what was installed' /usr/sbin/prefork "$(programs)"
	is 'an upgrade succeeds' '' \
		"$(tells dpkg -i --force-confold /tmp/second.deb)"
	is 'what runs is what was installed then' /usr/sbin/prefork "$(programs)"
	is 'its client is served' 1000 "$(request)"
	is 'and nothing was started again' '' "$(asked)"
	is 'the options are as they were edited' "PREFORK_OPTIONS='-w 1'" \
		"$(cat "$root/etc/default/prefork")"
	kill $helper $server
	wait $server
	is 'it ends in peace' 0 $?
	# Of a server that cannot be upgraded.
	echo $$ >"$root/run/main"
	is 'so does the next' '' "$(tells dpkg -i --force-confold /tmp/third.deb)"
	is 'what cannot go on is started again' '--quiet --system restart prefork.service' \
		"$(asked | grep -w restart)"
	server='' helper=''
}

# What is in the upper layer and was not below, but for dpkg's own notes.
left() {
	(cd "$top/upper" && find . -mindepth 1 ! -path './var/lib/dpkg/*' \
		! -path './var/log/*' ! -path './var/cache/man/*' \
		! -path './etc/ld.so.cache') | while read -r each; do
		if [ -c "$top/upper/$each" ]; then
			[ ! -e "/$each" ] || echo "removed: $each"
		elif [ ! -d "$top/upper/$each" ] || [ ! -d "/$each" ]; then
			echo "$each"
		fi
	done
	there dpkg -l '*prefork*' 2>/dev/null | grep '^[a-z][a-zA-Z] '
}

goes() {
	is 'it is removed' '' "$(tells dpkg -r prefork libprefork-dev)"
	is 'after it was stopped' 'stop prefork.service prefork.socket' \
		"$(asked | sed 's/^--[a-z]* //')"
	is 'the options stay' "PREFORK_OPTIONS='-w 1'" \
		"$(cat "$root/etc/default/prefork")"
	is 'it is purged' '' "$(tells dpkg -P prefork libprefork-dev)"
	is 'and nothing is left' '' "$(left)"
}

laid
installs
serves
upgrades
goes
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
