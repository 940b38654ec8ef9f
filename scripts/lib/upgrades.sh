# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # shared with the storm
# upgrades.sh - a storm in which one program after the other takes the place of
# the one before, now and then a broken one. To be sourced by scripts/storm.

# Puts what comes where the server's program lies, as install(1) does.
put() {
	cat >"$dir/made" && chmod 755 "$dir/made" && mv "$dir/made" "$dir/prefork"
}

# broken WORDS DOES: a program that is good as those alone.
broken() {
	# shellcheck disable=SC2016 # for the script
	printf '#!/bin/sh\ncase $1 in %s) exec %s "$@" ;; esac\n%s\n' \
		"$1" "$real" "$2" | put
}

# put_next NUMBER: what the server is to begin next; false: it is no good.
put_next() {
	case $(($1 % 8)) in
	2) broken '*trial*|*master*|*keeper*' "kill -SEGV \$\$" ;;
	4) broken '*trial*' 'exit 1' ;;
	6) echo 'neither a program nor a script' | put ;;
	*) put <"$real" && return ;;
	esac
	return 1
}

# One a second. What is no good may not take the place of anything.
upgrades() {
	while [ ! -e "$dir/over" ]; do
		sleep 1 &
		clock=$!
		number=$(($(cat "$dir/number") + 1))
		echo "$number" >"$dir/number"
		good=0
		put_next "$number" || good=$?
		if timeout 70 "$real" --upgrade "$master" 2>>"$dir/asked"; then
			[ "$good" -eq 0 ] ||
				echo "number $number was no good" >>"$dir/odd"
		elif [ $? -eq 124 ]; then
			echo "number $number has no end" >>"$dir/odd"
		fi
		wait "$clock"
	done
}

# How many processes there are, and how many descriptors the keeper, the master
# and the standbys have.
census() {
	{
		ps -o pid= --ppid "$(parents "$master")" | wc -l
		for pid in $(parents "$master" | tr , ' ') $(family standby); do
			find "/proc/$pid/fd" -mindepth 1 | wc -l
		done
	} | tr '\n' ' '
}

# told PATTERN: how many lines of the log.
told() {
	LC_ALL=C grep -ac -e "$1" "$dir/log"
}

# Nothing piles up, whatever came of them.
judge_upgrades() {
	n=0
	until [ "$(census 2>/dev/null)" = "$counted" ] || [ $n -ge 300 ]; do
		n=$((n + 1))
		sleep 0.01
	done
	[ ! -s "$dir/odd" ] || complain "upgrades: $(cat "$dir/odd")"
	[ $n -lt 300 ] ||
		complain "processes, and descriptors: were $counted, are $(census)"
	echo "          $(told 'upgraded to') upgrades done," \
		"$(told 'is called off') called off, $(told 'no upgrade to') refused"
}
