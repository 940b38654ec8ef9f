# shellcheck shell=sh
# shellcheck disable=SC2154 # root and dir are the caller's
# trees.sh - what scripts/clients serves to each of its clients. To be sourced;
# $root is the directory that is served, $dir one for all that is not.

# For clients that fetch files.
tree_of_files() {
	mkdir "$root/many" "$root/many/deep" "$root/a b%c"
	head -c 33554433 /dev/urandom >"$root/big"
	for n in $(seq 200); do
		seq "$n" $((n * 20)) >"$root/many/$n"
	done
	rmdir "$root/many/deep"
	echo 'a name with a space' >"$root/a b%c/d & e.txt"
	: >"$root/a b%c/empty"
	seq 100000 >"$root/coded.txt"
	gzip -k "$root/coded.txt"
	# Not just now: what may still change is not taken for unchanged.
	find "$root" -type f -exec touch -d '2001-02-03 04:05:06' {} +
}

# mirrored DIRECTORY: is every file of the root there, as it is?
mirrored() {
	(cd "$root" && find . -type f) | while read -r file; do
		cmp "$1/$file" "$root/$file" || exit
	done
}

# A file, what zsync is to know of it, and an older version that lacks a byte
# in each of 300 places.
tree_of_zsync() {
	mkdir "$root/zsync"
	head -c 10000000 "$root/big" >"$root/zsync/big"
	(cd "$root/zsync" && zsyncmake -u big big) 2>"$dir/said"
	for n in $(seq 0 299); do
		tail -c +$((n * 33333 + 2)) "$root/zsync/big" | head -c 33332
	done >"$dir/old"
}

# A repository with many objects, loose ones and a pack, as it is served
# without git's help.
tree_of_git() {
	mkdir "$root/project"
	(
		cd "$root/project" || exit
		git init -q
		git config user.name nobody
		git config user.email nobody@example.org
		for n in $(seq 100); do
			head -c 20000 /dev/urandom >"$n"
			git add "$n"
			[ $((n % 10)) -eq 0 ] || continue
			git commit -q -m "Add up to $n"
			[ "$n" -ne 50 ] || git gc -q
		done
	) >"$dir/said" 2>&1
	git clone -q --bare "$root/project" "$root/project.git"
	git -C "$root/project.git" update-server-info
	git -C "$root/project.git" rev-parse HEAD >"$dir/head"
}

# package_of NAME FILE NAME-THERE: makes a package of one file.
package_of() {
	mkdir -p "$dir/package/DEBIAN" "$dir/package/usr/share/$1"
	cat >"$dir/package/DEBIAN/control" <<-END
		Package: $1
		Version: 1.0
		Architecture: all
		Maintainer: nobody <nobody@example.org>
		Description: a package to be installed
	END
	cp "$2" "$dir/package/usr/share/$1/$3"
	dpkg-deb -Znone --root-owner-group -b "$dir/package" \
		"$root/apt/pool/$1.deb" >"$dir/said"
	rm -r "$dir/package"
	{
		dpkg-deb -f "$root/apt/pool/$1.deb"
		echo "Filename: pool/$1.deb"
		echo "Size: $(wc -c <"$root/apt/pool/$1.deb")"
		echo "SHA256: $(sha256sum <"$root/apt/pool/$1.deb" | cut -c 1-64)"
		echo
	} >>"$root/apt/Packages"
}

# A repository of two packages.
tree_of_apt() {
	mkdir -p "$root/apt/pool"
	echo hello >"$dir/text"
	package_of prefork-greeting "$dir/text" text
	package_of prefork-large "$root/big" big
	# Long enough not to come in one piece.
	for n in $(seq 20000); do
		printf 'Package: filler-%s\nVersion: 1\nArchitecture: all\n' "$n"
		printf 'Filename: pool/filler-%s.deb\nSize: 1\n\n' "$n"
	done >>"$root/apt/Packages"
	{
		echo 'Suite: stable'
		echo "Date: $(LC_ALL=C date -u -R)"
		echo 'SHA256:'
		echo " $(sha256sum <"$root/apt/Packages" | cut -c 1-64)" \
			"$(wc -c <"$root/apt/Packages") Packages"
	} >"$root/apt/Release"
}

# apt_system DIRECTORY URL: a system below it, for apt-get and dpkg alone;
# nothing of this machine's is read or written.
apt_system() {
	mkdir -p "$1/apt/lists/partial" "$1/apt/archives/partial" \
		"$1/apt/etc/empty" "$1/target/var/lib/dpkg/info" \
		"$1/target/var/lib/dpkg/updates"
	: >"$1/target/var/lib/dpkg/status"
	echo "deb [trusted=yes] $2/apt ./" >"$1/apt/sources"
	cat >"$1/apt/conf" <<-END
		Dir "$1/apt/";
		Dir::Etc "$1/apt/etc/";
		Dir::Etc::Parts "empty";
		Dir::Etc::SourceList "$1/apt/sources";
		Dir::Etc::SourceParts "empty";
		Dir::Etc::PreferencesParts "empty";
		Dir::Etc::TrustedParts "empty";
		Dir::State "$1/apt/";
		Dir::State::Lists "lists/";
		Dir::State::Status "$1/target/var/lib/dpkg/status";
		Dir::Cache "$1/apt/";
		Dir::Cache::Archives "archives/";
		Dir::Log "$1/apt/";
		Dir::Bin::Methods "/usr/lib/apt/methods";
		Dir::Bin::dpkg "$(command -v dpkg)";
		DPkg::Options {
			"--root=$1/target";
			"--log=$1/dpkg.log";
			"--force-not-root";
		};
		DPkg::Path "$PATH";
		APT::Sandbox::User "$(id -un)";
		APT::Architecture "$(dpkg --print-architecture)";
		Acquire::Retries "0";
		Acquire::http::Proxy "DIRECT";
	END
	APT_CONFIG=$1/apt/conf
	export APT_CONFIG
}

# A page whose parts each leave their mark in it.
tree_of_page() {
	mkdir "$root/page"
	echo '#result { color: rgb(1, 2, 3) }' >"$root/page/style.css"
	echo 'const script = "script"' >"$root/page/script.js"
	echo '{"says": "data"}' >"$root/page/data.json"
	cat >"$root/page/picture.svg" <<-'END'
		<svg xmlns="http://www.w3.org/2000/svg" width="321" height="9">
		<rect width="321" height="9" fill="red"/></svg>
	END
	cat >"$root/page/index.html" <<-'END'
		<!DOCTYPE html>
		<meta charset=utf-8>
		<title>parts</title>
		<link rel=stylesheet href=style.css>
		<script src=script.js></script>
		<img id=picture src=picture.svg alt="">
		<p id=result>nothing yet</p>
		<script>
		addEventListener("load", async () => {
			const result = document.getElementById("result");
			const color = getComputedStyle(result).color;
			const wide = document.getElementById("picture").naturalWidth;
			const data = await (await fetch("data.json")).json();
			result.textContent = [
				color == "rgb(1, 2, 3)" ? "style" : "no style",
				typeof script == "string" ? script : "no script",
				wide == 321 ? "picture" : "no picture",
				data.says].join(" ");
		});
		</script>
	END
}

# A film in which every second looks different, too long to be loaded at once,
# and a page that goes to its end and back.
tree_of_video() {
	mkdir "$root/video"
	ffmpeg -nostdin -v error -f lavfi \
		-i 'testsrc2=size=320x180:rate=10:duration=60,noise=alls=40:allf=t' \
		-c:v libvpx -b:v 3M -deadline realtime -cpu-used 8 -g 10 \
		"$root/video/film.webm" || return
	cat >"$root/video/index.html" <<-'END'
		<!DOCTYPE html>
		<meta charset=utf-8>
		<title>seek</title>
		<video id=film src=film.webm muted preload=metadata></video>
		<script>
		const film = document.getElementById("film");
		const seen = [];
		function tell(result) { fetch("?result=" + result); }
		function look() {
			const canvas = document.createElement("canvas");
			canvas.width = 64;
			canvas.height = 36;
			const c = canvas.getContext("2d");
			c.drawImage(film, 0, 0, 64, 36);
			return c.getImageData(0, 0, 64, 36).data.join();
		}
		film.onloadedmetadata = () => { film.currentTime = 55; };
		film.onseeked = () => {
			seen.push(look());
			if (seen.length == 1 && film.currentTime == 55)
				film.currentTime = 5;
			else if (film.currentTime == 5 && seen[0] != seen[1])
				tell("near-the-end-then-near-the-beginning");
		};
		film.onerror = () => {
			tell(encodeURIComponent(film.error.message));
		};
		</script>
	END
}
