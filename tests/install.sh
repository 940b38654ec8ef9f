#!/bin/sh
# What a stranger has after `make install`: TAP on standard output.
set -u
# shellcheck disable=SC2154 # in the environment of make check
src=$top_srcdir build=$top_builddir
dir=$(mktemp -d "${TMPDIR:-/tmp}/install-test-XXXXXX") || exit 111
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
. "$top_srcdir/scripts/lib/tap.sh"
. "$top_srcdir/scripts/lib/makefile.sh"

# The listings of the manual, each as a file.
list() {
	awk -v dir="$dir" '
	/^\.\\" listing / { file = dir "/" $3 }
	/^\.\\" end/ { file = "" }
	file != "" && !/^\./ { gsub(/\\e/, "\\"); print >file }
	' "$src/src/prefork-service.7"
}

installs() {
	(cd "$build" && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS \
		make -s install DESTDIR="$dir/root")
}

flags() {
	PKG_CONFIG_PATH=$dir/root$prefix/lib/pkgconfig \
		PKG_CONFIG_SYSROOT_DIR=$dir/root pkg-config "$@" prefork
}

# compiles FILE FLAGS...: as a stranger does.
compiles() {
	file=$1
	shift
	# shellcheck disable=SC2046,SC2086 # words
	$cc "$@" -Wall -Wextra -Werror $(flags --cflags) "$dir/$file" \
		$(flags --libs) -o "$dir/${file%.*}"
}

# Where there is no SQLite, by what it declares.
database_compiles() {
	echo '#include <sqlite3.h>' >"$dir/try.c"
	# shellcheck disable=SC2086
	$cc -fsyntax-only "$dir/try.c" || set -- -I "$src/tests/service/none"
	# shellcheck disable=SC2046,SC2086
	$cc "$@" -Wall -Wextra -Werror $(flags --cflags) -c "$dir/posts.c" \
		-o "$dir/posts.o"
}

names_are_its_own() {
	nm -g --defined-only "$dir/root$prefix/lib/libprefork.a" |
		awk 'NF == 3 && $3 !~ /^pf_/ && $3 != "prefork_main"' >"$dir/others"
	[ ! -s "$dir/others" ]
}

serves() {
	mkfifo "$dir/log"
	(cd "$dir" && exec ./hello -p 0 -w 1 2>"$dir/log") &
	server=$!
	exec 3<"$dir/log"
	while read -r line <&3; do
		echo "$line"
		case $line in
		*'listening on 127.0.0.1:'*) port=${line##*:} ;;
		*' ready'*) break ;;
		esac
	done
	printf 'GET /hello?name=you HTTP/1.0\r\n\r\n' |
		"$PREFORK_CLIENT" 127.0.0.1 "$port" >"$dir/got"
	kill "$server"
	wait "$server"
	server=
	cat "$dir/got" - <&3
	grep -q '^Hello you, you are request ' "$dir/got"
}

if ! command -v pkg-config >/dev/null || ! command -v nm >/dev/null; then
	echo "1..0 # SKIP there is no pkg-config or no nm"
	exit 0
fi
prefix=$(made_with "$build" prefix)
# What the library was made with it has to be linked with.
cc="$(made_with "$build" CC) $(made_with "$build" PC_CFLAGS)"
list
echo 1..8
test_that "it is installed, under DESTDIR" installs
test_that "the first listing is compiled" compiles hello.c
test_that "so is that of forms" compiles page.c
test_that "so is that of the database" database_compiles
cp "$dir/hello.c" "$dir/strict.c"
test_that "the header is clean C99" compiles strict.c -std=c99 -pedantic
sed 's/"hello", routes, NULL, NULL/"hello", routes, nullptr, nullptr/' \
	"$dir/hello.c" >"$dir/plus.cc"
if command -v c++ >/dev/null && [ -z "$(made_with "$build" PC_CFLAGS)" ]; then
	cc=c++
	test_that "and clean C++" compiles plus.cc -std=c++11
else
	skipped "there is no C++, or it would want other flags"
fi
test_that "the library has no names but its own" names_are_its_own
test_that "the program serves" serves
