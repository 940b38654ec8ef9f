# shellcheck shell=sh
# shellcheck disable=SC2154 # of run.sh, which sources it
# storm.sh - workers and standbys are killed, one as soon as the last is made
# good, while clients post, change and delete: what was acknowledged is in the
# database once, nothing is there twice, and no connection breaks. BOARD_STORM
# is how many seconds that goes on, BOARD_KILLS what is killed: see
# tests/storm/kills.c.

POSTERS=8 BATCH=50

# batch CLIENT NUMBER: what curl is to post over one connection; it writes a line
# for each: the title, the status, whether it connected for it.
batch() {
	n=0
	while [ "$n" -lt "$BATCH" ]; do
		title=c$1-$2-$n
		[ "$n" -eq 0 ] || echo next
		cat <<-END
			silent
			show-error
			max-time = 30
			url = "$url/api/posts"
			header = "Authorization: Bearer $token"
			header = "Content-Type: application/json"
			data = "{\\"title\\":\\"$title\\",\\"text\\":\\"x\\"}"
			output = "/dev/null"
			write-out = "$title %{http_code} %{num_connects}\\n"
		END
		n=$((n + 1))
	done
}

# poster CLIENT: as fast as it is answered, until it is over.
poster() {
	round=0
	while [ ! -e "$dir/over" ]; do
		batch "$1" "$round" | curl -K - >>"$dir/posted.$1" \
			2>>"$dir/broken"
		round=$((round + 1))
	done
}

# One that changes what it has posted, on condition, and deletes it: if that was
# done twice it would be refused.
changer() {
	while [ ! -e "$dir/over" ]; do
		sends POST /api/posts '{"title":"changed","text":"0"}'
		is 'it is posted' 201 "$status"
		place=$(field location)
		for n in 1 2 3 4 5; do
			sends PATCH "$place" "{\"text\":\"$n\"}" \
				-H "If-Match: \"v$n\""
			is "it is changed, $n" '200 "v'$((n + 1))'"' \
				"$status $(field etag)"
		done
		sends DELETE "$place" '' -H 'If-Match: "v6"'
		is 'it is deleted' 204 "$status"
	done
	echo "$passed $failed" >"$dir/changed"
}

sends() {
	sent=$3 sent_as=$1 sent_to=$2
	shift 3
	asks "$sent_as" "$sent_to" -H "Authorization: Bearer $token" \
		-H 'Content-Type: application/json' --data-binary "$sent" "$@"
}

# Ends all that goes on.
calm() {
	sleep "${BOARD_STORM-10}"
	: >"$dir/over"
	# shellcheck disable=SC2086 # words
	wait $clients
	wait "$killer"
	is 'the slots mend' 0 $?
}

judge() {
	cat "$dir"/posted.* >"$dir/posted"
	awk '$2 == 201 { print $1 }' "$dir/posted" | sort >"$dir/acknowledged"
	query "SELECT title FROM posts WHERE title GLOB 'c[0-9]*'" |
		sort >"$dir/stored"
	is 'everything is answered with 201' '' \
		"$(awk '$2 != 201' "$dir/posted" | head -n 3)"
	is 'what is acknowledged is stored' '' \
		"$(comm -23 "$dir/acknowledged" "$dir/stored" | head -n 3)"
	is 'nothing is stored twice' '' "$(uniq -d "$dir/stored" | head -n 3)"
	is 'no connection broke' '' \
		"$(awk '$3 != ($1 ~ /-0$/)' "$dir/posted" | head -n 3)"
	is 'curl has nothing to say' '' "$(head -n 3 "$dir/broken")"
	is 'nobody is dropped' '' \
		"$(grep -v -e ', 0 dropped' -e 'running as root' \
			-e 'standby' -e 'another goes on' "$dir/log" |
			head -n 3)"
	is 'the database is whole' ok "$(query 'PRAGMA integrity_check')"
	read -r p f <"$dir/changed"
	passed=$((passed + p)) failed=$((failed + f))
	echo "storm: $(sed 's/ pss.*//' "$dir/kills"):" \
		"$(wc -l <"$dir/acknowledged") posts acknowledged," \
		"$(wc -l <"$dir/stored") stored, $p changes tried"
}

make -s tests/storm/kills
up
asks POST /api/users -H 'Content-Type: application/json' \
	-d '{"name":"alice","password":"correct horse"}'
asks POST /api/sessions -H 'Content-Type: application/json' \
	-d '{"name":"alice","password":"correct horse"}'
token=$(sed -n 's/.*"token":"\([0-9a-f]*\)".*/\1/p' "$dir/body")
rm -f "$dir/over" "$dir"/posted* "$dir/broken"
tests/storm/kills "$server" 2 100000 "${BOARD_KILLS-either}" "$dir/over" >"$dir/kills" &
killer=$! clients=
# Of the changer's own are the counts, and the files of an answer.
(
	passed=0 failed=0
	mkdir "$dir/own"
	for file in over changed board.db; do
		ln -s "../$file" "$dir/own/$file"
	done
	dir=$dir/own
	changer
) &
clients=$!
client=0
while [ "$client" -lt "$POSTERS" ]; do
	poster "$client" &
	clients="$clients $!"
	client=$((client + 1))
done
calm
judge
down
is 'it ends in peace' 0 $?
