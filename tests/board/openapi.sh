# shellcheck shell=sh
# shellcheck disable=SC2154 # of run.sh, which sources it
# openapi.sh - what the API says of itself: a validator accepts it, if there is
# one, and what it names is there.

# Each path with each of its methods.
described() {
	awk -F'"' '
	/^    "\/api\// { path = $2 }
	/^      "(get|post|put|patch|delete)": / { print path, toupper($2) }
	' "$dir/body"
}

routed() {
	sed -n 's|.*{"\([A-Z]*\)", "\(/api/[^"]*\)",.*|\2 \1|p' \
		src/examples/board/main.c | sed 's|:\([a-z]*\)|{\1}|'
}

up
asks GET /api/openapi.json
is 'the description is there' 200 "$status"
is 'as JSON' application/json "$(field content-type | cut -d ';' -f 1)"
is 'of every route' "$(routed | sort)" "$(described | sort)"
if command -v openapi-spec-validator >/dev/null; then
	is 'and valid' "$dir/body: OK" "$(openapi-spec-validator "$dir/body" 2>&1)"
else
	echo "openapi: there is no openapi-spec-validator: not validated"
fi
down
is 'it ends in peace' 0 $?
