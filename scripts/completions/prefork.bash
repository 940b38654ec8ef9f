# shellcheck shell=bash
# prefork.bash - what bash offers behind prefork and the programs beside it. No
# option is named here: what there is says the help of the program itself, as
# it stands there at that moment. A service of one's own can have the same:
#
#	complete -F _prefork hello

# _prefork_offer WORD VALUE: what begins with the word and may stand for the
# value, which is named as in the help.
_prefork_offer() {
	local each names=() found=()
	IFS='|' read -ra names <<<"$2"
	for each in "${names[@]}"; do
		case $each in
		*FILE* | *DIR* | *PATH*)
			compopt -o filenames 2>/dev/null
			mapfile -t found < <(compgen -f -- "$1")
			;;
		USER*) mapfile -t found < <(compgen -u -- "$1") ;;
		HOST) mapfile -t found < <(compgen -A hostname -- "$1") ;;
		*[!a-z0-9-]* | '') found=() ;;
		*) mapfile -t found < <(compgen -W "$each" -- "$1") ;;
		esac
		COMPREPLY+=("${found[@]}")
	done
}

# _prefork_read PROGRAM [COMMAND]: sets options, commands and operands, which
# its help names, and value to the name of the value that $option takes.
_prefork_read() {
	local line left letter
	options=() commands=() operands='' value=''
	while IFS= read -r line; do
		left=${line#"${line%%[! ]*}"}
		left=${left%%  *}
		case $line in
		usage:*\]\ [A-Z]*) operands=${line##*\] } ;;
		usage:*\ HOST*) operands=HOST ;;
		'  '[a-z]*) commands+=("${left%% *}") ;;
		'  -'?', --'* | '      --'*)
			letter=''
			[[ $left == --* ]] || letter=${left:0:2}
			left=${left#-?, }
			options+=("${left%% *}")
			case ${option:-none} in
			"${left%% *}" | "$letter") value=${left#"${left%% *}"} ;;
			esac
			;;
		esac
	done < <("${@/#\~/$HOME}" --help 2>/dev/null)
	value=${value# }
}

# _prefork_option: sets option to the one whose value is to be completed, if any.
# For readline a = is a word of its own, in --OPTION=VALUE and in CODE=FILE.
_prefork_option() {
	local at=$COMP_CWORD
	while [[ $at -gt 1 ]] &&
		[[ ${COMP_WORDS[at]} == '=' || ${COMP_WORDS[at - 1]} == '=' ]]; do
		at=$((at - 1))
	done
	option=''
	if [[ $at -lt $COMP_CWORD && ${COMP_WORDS[at]} == -* ]]; then
		option=${COMP_WORDS[at]}
	elif [[ $at -gt 1 && ${COMP_WORDS[at - 1]} == -* ]]; then
		option=${COMP_WORDS[at - 1]}
	fi
}

_prefork() {
	local cur=${COMP_WORDS[COMP_CWORD]#=}
	local option value operands options commands
	COMPREPLY=()
	_prefork_option
	_prefork_read "$1"
	if [[ $COMP_CWORD -gt 1 && " ${commands[*]} " == *" ${COMP_WORDS[1]} "* ]]; then
		_prefork_read "$1" "${COMP_WORDS[1]}"
	fi
	if [[ -n $value ]]; then
		_prefork_offer "$cur" "$value"
	elif [[ $cur == -* || -z $operands && ${#commands[@]} -eq 0 ]]; then
		_prefork_offer "$cur" "$(IFS='|'; echo "${options[*]}")"
	else
		_prefork_offer "$cur" "$(IFS='|'; echo "${commands[*]}")"
		_prefork_offer "$cur" "$operands"
	fi
}

complete -F _prefork prefork prefork-client prefork-show
