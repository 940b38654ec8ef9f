# shellcheck shell=sh
# build.sh - configuring and building, in the source tree. To be sourced with
# the top of the tree as the current directory, after packages.sh.

jobs() {
	getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1
}

# configuring: does ./configure have to be made, or made again? Says
# "configure", the name of what that needs; nothing otherwise.
configuring() {
	if [ ! -x configure ] || [ ! -f build-aux/tap-driver.sh ] ||
		[ ! -f Makefile.in ] ||
		[ -n "$(find configure.ac Makefile.am src tests \
			\( -name '*.mk' -o -name 'Makefile.am' -o \
			-name configure.ac \) -newer Makefile.in)" ]; then
		echo configure
	fi
}

# configured: makes ./configure and a Makefile where there is none. What is
# there already and out of date, make brings up to date by itself.
configured() {
	if [ ! -x configure ] || [ ! -f build-aux/tap-driver.sh ]; then
		need configure
		quietly autoreconf -fi
	fi
	if [ ! -f Makefile ]; then
		say "configuring"
		quietly ./configure --quiet
	fi
}

# quietly COMMAND...: its output is shown only if it fails, which ends us.
quietly() {
	if ! output=$("$@" 2>&1); then
		echo "$output" | tail -n 40 >&2
		say "failed: $*"
		exit 111
	fi
}

# built TARGET...: says nothing when there is nothing to do.
built() {
	make -s -j"$(jobs)" "$@" >&2 || {
		say "the build failed"
		exit 111
	}
}
