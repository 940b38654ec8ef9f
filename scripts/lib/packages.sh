# shellcheck shell=sh
# packages.sh - what the scripts need, and which package of which system it
# is in. To be sourced.
#
#	need build check	installs what is missing for these purposes
#
# A thing is a command, a path, or a header written as <name.h>. Where packages may
# not be installed they are named, and the script ends with 111.

# say WORDS...: to standard error, with the name of the script.
say() {
	echo "${0##*/}: $*" >&2
}

# What a purpose asks for.
things_for() {
	case $1 in
	build) echo "cc <stdio.h> <linux/types.h> make" ;;
	configure) echo "autoconf automake" ;;
	check) echo "<check.h>" ;;
	style) echo "clang-format shellcheck mandoc" ;;
	lint) echo "clang clang-tidy cppcheck" ;;
	variants) echo "gcc clang <sanitizer/asan_interface.h>" ;;
	musl) echo "musl-gcc readelf" ;;
	completions) echo "zsh fish script /usr/share/bash-completion/bash_completion" ;;
	namespaces) echo "unshare nsenter ip curl" ;;
	afl) echo "afl-clang-fast afl-fuzz" ;;
	package) echo "dpkg-buildpackage dh lintian <crypt.h>" ;;
	activation) echo "systemd-socket-activate systemd-analyze" ;;
	package-test) echo "unshare ip pgrep" ;;
	metrics) echo "curl" ;;
	dist) echo "gzip tar" ;;
	client-apt) ;; # there, or nowhere
	client-aria2) echo "aria2c" ;;
	client-python) echo "python3" ;;
	client-video) echo "chromium ffmpeg" ;;
	client-zsync) echo "zsync zsyncmake" ;;
	client-*) echo "${1#client-}" ;;
	capture) echo "tcpdump" ;;
	board) echo "<sqlite3.h> <crypt.h> pkg-config" ;;
	board-test) echo "curl sqlite3" ;;
	openssl) echo "openssl" ;;
	https-hitch) echo "hitch" ;;
	https-haproxy) echo "haproxy" ;;
	https-test) echo "hitch haproxy openssl curl git" ;;
	fleet) echo "haproxy" ;;
	framing) echo "haproxy nginx" ;;
	fleet-test) echo "haproxy curl" ;;
	https-browser) echo "chromium certutil" ;;
	board-browser) echo "curl chromium chromedriver" ;;
	*) say "nobody knows what '$1' needs" && exit 100 ;;
	esac
}

# Which packages hold a thing; columns: apt-get, dnf, apk, pacman, brew. A
# dash: it comes with something else, or the system has it not.
table='
cc                   gcc            gcc             gcc            gcc     -
gcc                  gcc            gcc             gcc            gcc     gcc
musl-gcc             musl-tools     musl-gcc        -              musl    -
readelf              binutils       binutils        binutils       binutils binutils
make                 make           make            make           make    make
<stdio.h>            libc6-dev      glibc-devel     musl-dev       glibc   -
<linux/types.h>      linux-libc-dev kernel-headers  linux-headers  linux-api-headers -
autoconf             autoconf       autoconf        autoconf       autoconf autoconf
automake             automake       automake        automake       automake automake
<check.h>            check          check-devel     check-dev      check   check
clang                clang          clang           clang          clang   llvm
clang-format         clang-format   clang-tools-extra clang-extra-tools clang clang-format
clang-tidy           clang-tidy     clang-tools-extra clang-extra-tools clang llvm
<sanitizer/asan_interface.h> libclang-rt-dev compiler-rt compiler-rt compiler-rt -
shellcheck           shellcheck     ShellCheck      shellcheck     shellcheck shellcheck
mandoc               mandoc         mandoc          mandoc         mandoc  mandoc
cppcheck             cppcheck       cppcheck        cppcheck       cppcheck cppcheck
afl-clang-fast       afl++          american-fuzzy-lop-clang - afl++ afl++
afl-fuzz             afl++          american-fuzzy-lop - afl++  afl++
dpkg-buildpackage    dpkg-dev       dpkg-dev        dpkg-dev       dpkg   dpkg
dh                   debhelper      debhelper       debhelper      debhelper -
lintian              lintian        -               -              -      -
unshare              util-linux     util-linux      util-linux     util-linux -
pgrep                procps         procps-ng       procps         procps-ng -
systemd-socket-activate systemd     systemd         -              systemd -
systemd-analyze      systemd        systemd         -              systemd -
gzip                 gzip           gzip            gzip           gzip    gzip
tar                  tar            tar             tar            tar     gnu-tar
/usr/share/bash-completion/bash_completion bash-completion bash-completion bash-completion bash-completion -
zsh                  zsh            zsh             zsh            zsh     -
fish                 fish           fish            fish           fish    fish
script               bsdutils       util-linux-script util-linux-misc util-linux -
nsenter              util-linux     util-linux      util-linux     util-linux -
ip                   iproute2       iproute         iproute2       iproute2 -
curl                 curl           curl            curl           curl    curl
wget                 wget           wget            wget           wget    wget
aria2c               aria2          aria2           aria2          aria2   aria2
git                  git            git             git            git     git
chromium             chromium       chromium        chromium       chromium chromium
ffmpeg               ffmpeg         ffmpeg-free     ffmpeg         ffmpeg  ffmpeg
zsync                zsync          zsync           -              -       zsync
zsyncmake            zsync          zsync           -              -       zsync
python3              python3        python3         python3        python  python
node                 nodejs         nodejs          nodejs         nodejs  node
pkg-config           pkg-config     pkgconf-pkg-config pkgconf     pkgconf pkgconf
<sqlite3.h>          libsqlite3-dev sqlite-devel    sqlite-dev     sqlite  sqlite
<crypt.h>            libcrypt-dev   libxcrypt-devel musl-dev       libxcrypt -
sqlite3              sqlite3        sqlite          sqlite         sqlite  sqlite
chromedriver         chromium-driver chromedriver   chromium-chromedriver chromium -
openssl              openssl        openssl         openssl        openssl openssl
hitch                hitch          hitch           hitch          hitch   hitch
haproxy              haproxy        haproxy         haproxy        haproxy haproxy
nginx                nginx          nginx           nginx          nginx   nginx
certutil             libnss3-tools  nss-tools       nss-tools      nss     nss
tcpdump              tcpdump        tcpdump         tcpdump        tcpdump -
'

# manager: the name of the system's package manager; nothing if there is none
# that we know.
manager() {
	for m in apt-get dnf apk pacman brew; do
		if command -v "$m" >/dev/null 2>&1; then
			echo "$m"
			return
		fi
	done
}

# package THING MANAGER: the package that holds it; nothing if none does.
package() {
	echo "$table" | awk -v thing="$1" -v manager="$2" '
		BEGIN {
			n = split("apt-get dnf apk pacman brew", name, " ")
			for (i = 1; i <= n; i++)
				if (name[i] == manager)
					column = i + 1
		}
		$1 == thing && column && $column != "-" { print $column }'
}

# here THING: is it there?
here() {
	case $1 in
	"<linux/"*)
		# Only Linux has it, and only where there is a compiler at all.
		[ "$(uname -s)" != Linux ] || includes "$1"
		;;
	"<sanitizer/"*)
		command -v clang >/dev/null 2>&1 &&
			echo 'int main(void) { return 0; }' |
			clang -fsanitize=address -x c -o /dev/null - 2>/dev/null
		;;
	"<"*) includes "$1" ;;
	/*) [ -e "$1" ] ;;
	*) command -v "$1" >/dev/null 2>&1 ;;
	esac
}

# includes HEADER: does the compiler find it?
includes() {
	echo "#include $1" | "${CC:-cc}" -E -x c - >/dev/null 2>&1
}

# missing PURPOSE...: the things that are not there, a line each.
missing() {
	for purpose; do
		for thing in $(things_for "$purpose"); do
			here "$thing" || echo "$thing"
		done
	done
}

# as_root COMMAND...: runs it with the rights to install, or fails.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
		sudo -n "$@"
	else
		return 1
	fi
}

may_install() {
	[ "$1" = brew ] || as_root true
}

# install MANAGER PACKAGE...: quietly, as far as the manager can be quiet.
install_packages() {
	with=$1
	shift
	case $with in
	apt-get)
		# Lists that are missing or old make the first try fail.
		apt_install "$@" 2>/dev/null || {
			as_root env DEBIAN_FRONTEND=noninteractive \
				apt-get -q -y update && apt_install "$@"
		}
		;;
	dnf) as_root dnf -q -y install "$@" ;;
	apk) as_root apk add --quiet --no-progress "$@" ;;
	pacman) as_root pacman -Sy --noconfirm --needed --quiet "$@" ;;
	brew) brew install --quiet "$@" ;;
	esac
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -y -o DPkg::Lock::Timeout=120 \
		install --no-install-recommends "$@"
}

# need PURPOSE...: what is missing is installed; without the rights to do so
# its packages are named, and that is the end.
need() {
	lacking=$(missing "$@")
	[ -n "$lacking" ] || return 0
	with=$(manager)
	packages=
	for thing in $lacking; do
		found=$(package "$thing" "${with:-apt-get}")
		case " $packages " in
		*" ${found:-$thing} "*) ;;
		*) packages="$packages ${found:-$thing}" ;;
		esac
	done
	packages=${packages# }
	if [ -z "$with" ] || ! may_install "$with"; then
		say "missing: $(echo "$lacking" | tr '\n' ' ')"
		say "please install, as root: $packages"
		exit 111
	fi
	say "installing with $with: $packages"
	# shellcheck disable=SC2086 # a list of names
	if ! output=$(install_packages "$with" $packages 2>&1); then
		echo "$output" | tail -n 20 >&2
		say "could not be installed: $packages"
		exit 111
	fi
	lacking=$(missing "$@")
	[ -z "$lacking" ] || {
		say "still missing: $(echo "$lacking" | tr '\n' ' ')"
		exit 111
	}
}
