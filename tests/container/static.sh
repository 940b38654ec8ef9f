#!/bin/sh
# static.sh - what configure makes of --enable-static by compilers that know
# less than others: a program without a loader, by the calls of Linux, at another
# address each time, or a plain error. The last line is "N passed, N failed".
set -u
cd "$(dirname -- "$0")/../.." || exit 111
. scripts/lib/packages.sh
. scripts/lib/build.sh
. scripts/lib/variant.sh
need build musl
sources_copied
top=$(pwd)

trial=static
. scripts/lib/trial.sh

# compiler NAME COMMANDS: a gcc that does these first.
compiler() {
	printf '#!/bin/sh\n%s\nexec gcc "$@"\n' "$2" >"$dir/$1"
	chmod 755 "$dir/$1"
}

# configures CC [ARGUMENT]...: what it says, in the file body; sets $ended.
configures() {
	rm -rf "$dir/try"
	mkdir "$dir/try"
	(
		cc=$1
		shift
		cd "$dir/try" || exit
		exec "$top/build/src/configure" CC="$cc" "$@"
	) >"$dir/body" 2>&1
	ended=$?
}

# elf PROGRAM: its type, and whether it asks for a loader.
elf() {
	readelf -hl "$1" | awk '
		$1 == "Type:" { type = $2 }
		$1 == "INTERP" { loader = " with a loader" }
		END { print type loader }'
}

# said WORDS: how many lines of the body hold them.
said() {
	grep -c -e "$1" "$dir/body"
}

is 'musl-gcc is configured' 0 \
	"$(variant musl CC=musl-gcc --enable-static >"$dir/body" 2>&1; echo $?)"
quietly make -s -C build/musl -j"$(jobs)" prefork
is 'musl-gcc links a static program that can be moved' DYN \
	"$(elf build/musl/prefork)"
is 'musl-gcc finds what Linux has' 1 \
	"$(grep -c '^#define HAVE_LINUX 1' build/musl/config.h)"
is 'the headers of the other libc are not taken' 'asm asm-generic linux' \
	"$(find build/musl/kernel-headers -type l -printf '%f\n' |
		LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')"

# It drops what makes the program static, as the driver of musl-gcc does.
# shellcheck disable=SC2016 # for the script
compiler forgets 'for a; do
	shift
	case $a in -static*) ;; *) set -- "$@" "$a" ;; esac
done'
configures "$dir/forgets" --enable-static
is 'a loader that nobody asked for is an error' 1 "$ended"
is 'and it is said what is wrong' 1 "$(said 'error: .* links no static program')"
configures "$dir/forgets" --enable-static --disable-hardening
is 'at a fixed address, too' 1 "$ended"
is 'and that is said' 1 "$(said 'error: .* links no static program')"

# It has no headers of the kernel, and nobody can give it those of the system.
# shellcheck disable=SC2016 # for the script
compiler lacks 'case $1 in -print-multiarch) exit 1 ;; esac
for a; do
	shift
	case $a in -idirafter) ;; */kernel-headers) ;; *) set -- "$@" "$a" ;; esac
done
mkdir -p "${0%/*}/none/linux"
echo "#error none" >"${0%/*}/none/linux/openat2.h"
set -- -isystem "${0%/*}/none" "$@"'
configures "$dir/lacks"
is 'without the headers of the kernel it says how to go on' 1 \
	"$(said 'With --enable-posix-only')"
is 'and ends' 1 "$ended"
configures "$dir/lacks" --enable-posix-only
is 'which is taken' 0 "$ended"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
