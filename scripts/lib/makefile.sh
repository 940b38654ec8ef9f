# shellcheck shell=sh
# makefile.sh - what the Makefile of a build knows. To be sourced.

# made_with DIR VARIABLE: its value in the Makefile there, as it was configured.
made_with() {
	sed -n "s/^$2 = *//p" "$1/Makefile"
}
