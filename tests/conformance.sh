#!/bin/sh
# The rules of HTTP, in every model: TAP on standard output.
# shellcheck disable=SC2154 # in the environment of make check
"$top_srcdir/scripts/conformance" --strict \
	--models "${PREFORK_TEST_MODELS:-prefork prethread fork thread}" |
	awk '
	/^prefork --model / { model = $3; next }
	/^ / { print "#" $0; next }
	/^(ok|MISS|-) / {
		word = $1
		sub(/^[^ ]+ +/, "")
		gsub(/#/, "number ")
		print (word == "MISS" ? "not ok" : "ok"), ++n, "-", model ": " \
			$0 (word == "-" ? " # SKIP nothing to ask" : "")
		next
	}
	/^[0-9]+ misses$/ { complete = 1 }
	{ print "# " $0 }
	END {
		if (!complete)
			print "not ok", ++n, "- the table is complete"
		print "1.." n
	}'
