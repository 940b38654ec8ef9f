#!/bin/sh
# deb.sh - makes the packages for Debian, lets lintian judge them, and installs
# them in a copy of this system that is forgotten at the end: there the server
# serves, keeps a client through an upgrade, and leaves nothing behind when it is
# purged. It needs root. The last line is "N passed, N failed".
set -u
cd "$(dirname -- "$0")/../.." || exit 111
. scripts/lib/packages.sh
need package package-test activation

trial=package
. scripts/lib/trial.sh

# tells COMMAND...: nothing, if it ends with 0; else what it said.
tells() {
	"$@" >"$dir/said" 2>&1 && return
	echo "it ends with $?"
	tail -n 20 "$dir/said"
}

made() {
	is 'the packages are made' '' "$(tells scripts/package deb)"
	server_deb=$(ls build/package/prefork_*.deb) || exit
	library_deb=$(ls build/package/libprefork-dev_*.deb)
	is 'lintian has nothing to say' '' "$(lintian --allow-root \
		--fail-on error,warning --display-level '>=warning' \
		build/package/prefork_*.changes 2>&1)"
	for each in "$server_deb" "$library_deb"; do
		is 'all in it is as old as the last change' 1 \
			"$(dpkg-deb --fsys-tarfile "$each" |
				tar -tv --full-time | awk '{ print $4, $5 }' |
				sort -u | wc -l)"
	done
	cp "$server_deb" "$dir/first.deb"
	cp "$library_deb" "$dir/library.deb"
}

# next_version NAME VERSION: the server's package, as of a later release which
# has another file of options.
next_version() {
	dpkg-deb -R "$dir/first.deb" "$dir/next"
	sed -i "s/^Version: .*/Version: $2/" "$dir/next/DEBIAN/control"
	echo '# of a later release' >>"$dir/next/etc/default/prefork"
	(cd "$dir/next" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' |
		xargs -0 md5sum) >"$dir/sums"
	mv "$dir/sums" "$dir/next/DEBIAN/md5sums"
	dpkg-deb --root-owner-group -b "$dir/next" "$dir/$1.deb" >"$dir/said"
	rm -r "$dir/next"
}

# In processes, mounts and a network of its own, which end with it: everything
# that is written to this system goes to $dir/top/upper.
inside() {
	mkdir "$dir/top" "$dir/system"
	unshare --mount --pid --fork --kill-child --net --propagation private \
		sh -u tests/package/system.sh "$dir" >"$dir/inside"
	sed '$d' "$dir/inside"
	counted=$(sed -n '$p' "$dir/inside")
	case $counted in
	*' passed, '*' failed') ;;
	*) is 'all was tried' '' "$counted" && return ;;
	esac
	passed=$((passed + ${counted%% *}))
	counted=${counted#*, }
	failed=$((failed + ${counted%% *}))
}

made
next_version second 99
next_version third 99.1
inside
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
