#!/bin/sh
# What the shells offer behind the programs that are installed: TAP on standard
# output. A terminal is typed into; fish is asked for what it would show. A shell
# that is not there is skipped, but if COMPLETION_SHELLS names it.
set -u
# shellcheck disable=SC2154 # in the environment of make check
build=$(cd "$top_builddir" && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/completions-test-XXXXXX") || exit 111
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT TERM
# shellcheck disable=SC2154 # in the environment of make check
. "$top_srcdir/scripts/lib/tap.sh"
. "$top_srcdir/scripts/lib/makefile.sh"
unset ZDOTDIR FPATH

# programs: those that are installed.
programs() {
	# shellcheck disable=SC2016 # for make
	printf 'include Makefile\nprint: ; @echo $(bin_PROGRAMS)\n' |
		env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$build" -f - print
}

# What is typed before a tab, and what the line is then.
rows() {
	cat <<-'END'
		prefork --mo|prefork --model
		prefork --model pref|prefork --model prefork
		prefork --model=thr|prefork --model=thread
		prefork -m thr|prefork -m thread
		prefork --follow rel|prefork --follow relative
		prefork -t --log-f|prefork -t --log-format
		prefork --charset o|prefork --charset off
		prefork --config pag|prefork --config page.of.options
		prefork --root ./di|prefork --root ./directory
		prefork --error-page 404=pag|prefork --error-page 404=page.of.options
		prefork --user nobo|prefork --user nobody
		prefork-client --pol|prefork-client --poller
		prefork-client --poller po|prefork-client --poller poll
		prefork-show dem|prefork-show demo
		prefork-show demo --mo|prefork-show demo --model
		prefork-show demo --model thr|prefork-show demo --model thread
		prefork-show layers pag|prefork-show layers page.of.options
	END
}

# known: each program, and each command of one, with all of its long options.
known() {
	for name in $(programs); do
		"$build/$name" --help >"$dir/help"
		for more in '' $(sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' "$dir/help"); do
			# shellcheck disable=SC2046,SC2086 # words
			echo $name $more $("$build/$name" $more --help |
				sed -n 's/^  [- ].[, ] --\([a-z0-9-]*\).*/--\1/p' |
				LC_ALL=C sort)
		done
	done
}

sorted() {
	while read -r line; do
		# shellcheck disable=SC2086 # words
		printf '%s\n' $line | awk '/^--/ { print | "LC_ALL=C sort"; next }
			{ print }' | tr '\n' ' ' | sed 's/ $//'
		echo
	done
}

rc_of_bash() {
	cat <<-END
		PS1= HISTFILE= PATH=$build:\$PATH
		XDG_DATA_DIRS=$dir/root$datadir
		if [ -e /usr/share/bash-completion/bash_completion ]; then
			. /usr/share/bash-completion/bash_completion
		else
			. $dir/root$datadir/bash-completion/completions/prefork
		fi
		cd $dir/here
	END
}

rc_of_zsh() {
	cat <<-END
		PS1= HISTFILE= PATH=$build:\$PATH
		fpath=($dir/root$datadir/zsh/site-functions \$fpath)
		bindkey -e
		autoload -Uz compinit && compinit -u -D
		every() { _main_complete; compstate[insert]=all }
		zle -C every complete-word every
		bindkey '^[*' every
		cd $dir/here
	END
}

# in_terminal KEYS COMMAND...: types each line of standard input, and the keys;
# says what has become of it, which it has echoed. zsh takes back the slash that it
# puts behind a directory.
in_terminal() {
	keys=$1
	shift
	{
		echo ". $dir/rc"
		sed "s/\$/$(printf %b "$keys")$(printf '\001')echo @/"
		echo exit
	} | TERM=dumb HOME=$dir timeout 60 script -qec "$*" /dev/null |
		tr -d '\r' | sed -n -e 's/[[:blank:]]*$//' -e 's|/$||' -e 's/^@//p'
}

in_fish() {
	cat >"$dir/ask.fish" <<-'END'
		while read --line line
		    set -l before (string replace -r '[^ ]*$' '' -- $line)
		    echo $before(complete -C $line | string replace -r '/?(\t.*)?$' '' | string join ' ')
		end
	END
	(cd "$dir/here" && HOME=$dir PATH=$build:$PATH \
		XDG_DATA_DIRS=$dir/root$datadir:/usr/share \
		fish "$dir/ask.fish")
}

# completed SHELL KEYS: by standard input.
completed() {
	case $1 in
	bash)
		rc_of_bash >"$dir/rc"
		in_terminal "$2" bash --norc --noprofile -i
		;;
	zsh)
		rc_of_zsh >"$dir/rc"
		in_terminal "$2" zsh -f -i
		;;
	fish) in_fish ;;
	esac
}

completes() {
	rows | cut -d '|' -f 1 | completed "$1" '\t' >"$dir/got"
	rows | cut -d '|' -f 2 | diff - "$dir/got"
}

knows_all() {
	sed 's/--.*/--/' "$dir/known" | completed "$1" '\033*' | sorted >"$dir/got"
	diff "$dir/known" "$dir/got" && [ -s "$dir/got" ]
}

# lacks SHELL: is it not there, and not asked for?
lacks() {
	case " ${COMPLETION_SHELLS-} " in *" $1 "*) return 1 ;; esac
	! command -v "$1" >/dev/null || ! command -v script >/dev/null
}

installs() {
	(cd "$build" && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS \
		make -s install-completions DESTDIR="$dir/root")
}

datadir=$(made_with "$build" prefix)/share
mkdir -p "$dir/here/directory"
: >"$dir/here/page.of.options"
known >"$dir/known"
echo 1..7
test_that "they are installed, under DESTDIR" installs
for shell in bash zsh fish; do
	if lacks "$shell"; then
		skipped "there is no $shell"
		skipped "there is no $shell"
		continue
	fi
	test_that "$shell completes options, values and files" completes "$shell"
	test_that "$shell knows every option" knows_all "$shell"
done
