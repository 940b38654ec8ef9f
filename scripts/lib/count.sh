# shellcheck shell=sh
# count.sh - runs `make check` and counts what the tests said. To be sourced
# after packages.sh and build.sh.

# results DIR: the .trs files of the suite that was built in DIR.
results() {
	find "$1" -path "$1/build" -prune -o -name '*.trs' -print
}

# count DIR: two numbers, passed and failed. A program that failed only in
# its exit status counts once, and not beside the tests that explain it.
count() {
	results "$1" | while read -r file; do
		awk '
		/^:test-result: (PASS|XFAIL)/ { passed++ }
		/^:test-result: (FAIL|XPASS)/ { failed++ }
		/^:test-result: ERROR/ { errors++ }
		END { print passed + 0, failed ? failed : errors + 0 }' "$file"
	done | awk '{ passed += $1; failed += $2 }
		END { print passed + 0, failed + 0 }'
}

# failures DIR: what failed there, with what was said about it.
failures() {
	grep -E '^(ERROR|FAIL|XPASS):' "$1/check.log" || tail -n 40 "$1/check.log"
	results "$1" | while read -r file; do
		grep -h -A 6 '^not ok' "${file%.trs}.log" | head -n 12
	done
}

# run_suite DIR [MAKE ARGUMENT]...: builds and runs the suite in DIR, shows
# what each program passed, what failed, and ends with the counts. Fails if
# anything did.
run_suite() {
	dir=$1
	shift
	results "$dir" | while read -r file; do rm -f "$file"; done
	status=0
	make -C "$dir" -s -k -j"$(jobs)" "$@" check >"$dir/check.log" 2>&1 ||
		status=$?
	# shellcheck disable=SC2046 # two numbers
	set -- $(count "$dir")
	passed=$1 failed=$2
	results "$dir" | sort | while read -r file; do
		printf '%-28s %4d\n' "$(basename "$file" .trs)" \
			"$(grep -c '^:test-result: PASS' "$file" || :)"
	done
	if [ "$status" -ne 0 ] || [ "$passed" -eq 0 ]; then
		[ "$failed" -gt 0 ] || failed=1
		failures "$dir" >&2
	fi
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}
