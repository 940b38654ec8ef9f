# texts.awk - the texts of the laboratory as macros of C: see texts.txt.
/^= / {
	name = $2
	printf "\n#define %s", name
	before = ""
	next
}
# What stands before the first name is for people.
name == "" || /^$/ { next }
{
	line = substr($0, 1, 4) == "    "
	text = line ? substr($0, 5) : $0
	gsub(/[\\"]/, "\\\\&", text)
	printf " \\\n\t\"%s%s\"", before, text
	before = line ? "\\n" : " "
}
END { printf "\n" }
