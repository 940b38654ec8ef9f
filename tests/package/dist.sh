#!/bin/sh
# dist.sh - a release is the same, byte for byte, whoever packs it, when and
# where: made of the last commit in two clones, and again of itself. The last
# line is "N passed, N failed".
set -u
cd "$(dirname -- "$0")/../.." || exit 111
. scripts/lib/packages.sh
need build configure dist
if [ ! -e .git ]; then
	say "of a release there is no history to clone"
	echo "1 passed, 0 failed"
	exit
fi

trial=dist
. scripts/lib/trial.sh
unset SOURCE_DATE_EPOCH

# packs: here, as for the first time; says which files there are then.
packs() {
	if ! {
		{ [ -f configure ] || autoreconf -fi; } &&
			./configure --quiet && make -s dist
	} >../said 2>&1; then
		tail -n 20 ../said
	fi
	ls prefork-*.tar.gz
}

# packed DIRECTORY UMASK DATE ZONE: a clone, with files of that date, packed in
# such an environment; what packs says is in DIRECTORY/packed.
packed() {
	mkdir -p "$1"
	(
		umask "$2"
		git clone -q . "$1/clone" && cd "$1/clone" || exit
		find . -type f -exec touch -d "$3" {} +
		TZ=$4 packs
	) >"$1/packed"
}

# sum FILE: the same if the bytes are.
sum() {
	cksum "$1" | awk '{ print $1, $2 }'
}

# dates ARCHIVE: those that its files have.
dates() {
	tar -tvzf "$1" --full-time --utc | awk '{ print $4, $5 }' | sort -u
}

one=$dir/one two=$dir/a/longer/path
packed "$one" 022 2025-02-03 UTC0 &
packed "$two" 077 2026-03-04 XYZ-9
wait $!
release=$(cat "$one/packed")
is 'another packs the same file' "$release" "$(cat "$two/packed")"
first=$one/clone/$release
is 'and the same bytes' "$(sum "$first")" "$(sum "$two/clone/$release")"
is 'it is as old as the last commit' "$(date -u +'%Y-%m-%d %H:%M:%S' \
	-d "@$(git log -1 --format=%ct)")" "$(dates "$first")"

tar -xzf "$first" -C "$dir"
unpacked=$dir/${release%.tar.gz}
is 'of a release, too' "$release" "$(cd "$unpacked" && packs)"
is 'the same bytes are packed' "$(sum "$first")" \
	"$(sum "$unpacked/$release")"

export SOURCE_DATE_EPOCH=1000000000
(cd "$unpacked" && make -s dist) >"$dir/said" 2>&1
is 'or it is as old as was said' '2001-09-09 01:46:40' \
	"$(dates "$unpacked/$release")"

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
