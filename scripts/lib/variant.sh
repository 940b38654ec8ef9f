# shellcheck shell=sh
# variant.sh - the same sources, configured another way, each in a directory
# of its own below build/. To be sourced after packages.sh and build.sh.
#
# Automake refuses to build elsewhere what is configured in place, with good
# reason. So the variants are built from a copy, which is made by the rules
# that make a release: what is not in a release is not in a variant.

# sources_copied: brings build/src up to date with the tree.
sources_copied() {
	# shellcheck disable=SC2046 # a word or none
	need build $(configuring)
	configured
	mkdir -p build
	quietly make -s distdir distdir=build/src
}

# variant NAME [CONFIGURE ARGUMENT]...: configures it in build/NAME, afresh
# if it was configured otherwise before.
variant() {
	(
		mkdir -p "build/$1"
		cd "build/$1" || exit
		shift
		if [ ! -f Makefile ] || [ "$(cat arguments)" != "$*" ]; then
			../src/configure --quiet "$@" || exit
			make -s clean || exit
			echo "$*" >arguments
		fi
	)
}
