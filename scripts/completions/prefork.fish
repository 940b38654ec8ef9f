# prefork.fish - what fish offers behind the program whose name this file has
# where it is installed. No option is named here: what there is says the help
# of the program itself. A service of one's own can have the same, by a link to
# this file: ~/.config/fish/completions/hello.fish

# __prefork_value VALUE: the options of complete for what may stand for it, which
# is named as in the help; one a line.
function __prefork_value
    set -l words
    for each in (string split '|' -- $argv[1])
        switch $each
            case '*FILE*' '*DIR*' '*PATH*'
                printf '%s\n' --require-parameter --force-files
                return
            case 'USER*'
                printf '%s\n' --exclusive --arguments '(__fish_complete_users)'
                return
            case '*'
                string match -qr '^[a-z]+$' -- $each; and set -a words $each
        end
    end
    printf '%s\n' --exclusive
    if test (count $words) -gt 0
        printf '%s\n' --arguments "$words"
    end
end

# __prefork_option NAME CONDITION LINE NEXT: of a help, and the line behind it;
# false: it is of no option.
function __prefork_option
    set -l part (string match -r -- '^  (-., |    )--([a-z0-9-]+)( \S.*?|)(  +.*|)$' $argv[3])
    or return
    set -l options --command $argv[1] --condition $argv[2] --long-option $part[3]
    set -l letter (string trim --chars '-, ' -- $part[2])
    test -z "$letter"; or set -a options --short-option $letter
    set -l value (string trim -- $part[4])
    test -z "$value"; or set -a options (__prefork_value $value)
    # Behind a long name it is in the next line.
    set -l help (string trim -- $part[5])
    test -n "$help"; or set help (string trim -- $argv[4])
    complete $options --description $help
end

# __prefork_help NAME CONDITION LINE...
function __prefork_help
    set -l lines $argv[3..] ''
    complete --command $argv[1] --condition $argv[2] --no-files
    for i in (seq (count $lines))
        set -l line $lines[$i]
        if string match -q 'usage:* HOST*' -- $line
            complete --command $argv[1] --condition $argv[2] \
                --arguments '(__fish_print_hostnames)'
        else if string match -q 'usage:*] FILE' -- $line
            complete --command $argv[1] --condition $argv[2] --force-files
        else if set -l part (string match -r '^  ([a-z]+) +(.*)$' -- $line)
            complete --command $argv[1] --condition $argv[2] \
                --arguments $part[2] --description $part[3]
        else
            __prefork_option $argv[1..2] $line $lines[(math $i + 1)]
        end
    end
end

# It is asked as it is called, if it has that name.
set -l name (status basename | string replace -r '\.fish$' '')
set -l program (commandline -opc)[1]
string match -qr "(^|/)$name\$" -- $program; or set program $name
set -l help ($program --help 2>/dev/null)
set -l commands (string replace -rf '^  ([a-z]+) +.*' '$1' -- $help)
if test -z "$commands"
    __prefork_help $name true $help
else
    __prefork_help $name __fish_use_subcommand $help
end
for each in $commands
    __prefork_help $name "__fish_seen_subcommand_from $each" ($program $each --help 2>/dev/null)
end
