# shellcheck shell=sh
# shellcheck disable=SC2154 # dir is the caller's
# report.sh - what prefork-client said of a load with --json, in $dir/json. To
# be sourced.

# field NAME
field() {
	# shellcheck disable=SC2020 # sets are meant
	tr ',{}' '\n\n\n' <"$dir/json" | tr -d '" ' |
		sed -n "s/^$1://p" | head -n 1
}
