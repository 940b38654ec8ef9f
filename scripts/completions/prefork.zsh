#compdef prefork prefork-client prefork-show
# prefork.zsh - what zsh offers behind prefork and the programs beside it. No
# option is named here: what there is says the help of the program itself, as
# it stands there at that moment. A service of one's own can have the same:
#
#	compdef _prefork hello

# _prefork_action VALUE: what may stand for it, which is named as in the help, as
# _arguments(1) wants to be told.
_prefork_action() {
	local each words=()
	for each in ${(s:|:)1}; do
		case $each in
		(*=FILE) print -r -- "{compset -P '*='; _files}"; return ;;
		(*FILE*|*DIR*|*PATH*) print -r -- _files; return ;;
		(USER*) print -r -- _users; return ;;
		(HOST) print -r -- _hosts; return ;;
		(*[^a-z]*) ;;
		(*) words+=$each ;;
		esac
	done
	if (( $#words )) print -r -- "($words)" || print -r -- ' '
}

# _prefork_specs LINE...: of a help; sets specs and commands.
_prefork_specs() {
	setopt localoptions extendedglob
	local line help value repeats
	local -a match mbegin mend names
	specs=() commands=()
	while (( $# )); do
		line=$1
		shift
		if [[ $line == (#b)'  '([a-z]##)\ ##(*) ]]; then
			commands+=("$match[1]:$match[2]")
		elif [[ $line == usage:*' HOST'* ]]; then
			specs+=('1:host:_hosts')
		elif [[ $line == usage:*'] FILE' ]]; then
			specs+=('*:file:_files')
		elif [[ $line == (#b)'  '(-?', '|'    ')(--[a-z0-9-]##)(*) ]]; then
			names=(${match[1]%, } $match[2])
			names=(${names:#    })
			value=${${match[3]# }%%  *}
			help=${match[3]#* $value  }
			# Behind a long name it is in the next line.
			if [[ $match[3] != *'  '* && $1 == (#b)\ #(*) ]]; then
				help=$match[1]
				shift
			fi
			help=${${help## #}//(#m)[\]\[\\:]/\\$MATCH}
			repeats=
			[[ $help != *'may be repeated'* ]] || repeats='*'
			if [[ -z $value ]]; then
				specs+=("($names)"${^names}"[$help]")
				continue
			fi
			value=":${value//(#m)[\\:]/\\$MATCH}:$(_prefork_action $value)"
			[[ -n $repeats ]] || repeats="($names)"
			(( $#names == 1 )) ||
				specs+=("$repeats$names[1]+[$help]$value")
			specs+=("$repeats$names[-1]=[$help]$value")
		fi
	done
}

_prefork() {
	local -a specs commands
	local program=$words[1]
	_prefork_specs ${(f)"$(_call_program options $program --help 2>/dev/null)"}
	if (( $#commands && CURRENT == 2 )) && [[ $words[2] != -* ]]; then
		_describe command commands
		return
	elif (( $#commands && CURRENT > 2 )); then
		_prefork_specs ${(f)"$(_call_program options \
			$program ${(q)words[2]} --help 2>/dev/null)"}
		shift words
		(( CURRENT-- ))
	fi
	_arguments -s -S $specs
}

_prefork "$@"
