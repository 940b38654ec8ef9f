# report.awk - from the runs of scripts/bench to what it reports.
#
#	awk -v what=table|json -f report.awk machine cases bars runs
#
# Of each figure the median of the rounds counts; the spread is from quartile to
# quartile.

BEGIN { FS = "|" }

FILENAME ~ /machine$/ { machine[FNR] = $0; next }
/^#/ || /^$/ { next }

FILENAME ~ /cases$/ { order[++cases] = $1; title[$1] = $6; next }

FILENAME ~ /bars$/ {
	bars++
	bar_case[bars] = $1
	bar_of[bars] = $2
	bar_limit[bars] = $3
	bar_that[bars] = $4
	next
}

# A run.
{
	key = $1 SUBSEP $2
	if (!(key in seen)) {
		seen[key] = 1
		names[$1] = names[$1] " " $2
	}
	if ($3 == "pss") {
		pss[key] = $4
		next
	}
	n = ++runs[key]
	if (NF == 4) {
		figure[key, n] = $4
		next
	}
	figure[key, n] = $5 / $4 / 1000
	rate[key, n] = $4 / $6
	p50[key, n] = $7
	p99[key, n] = $8
	timed[$1] = 1
}

# The q-th part of the n figures of a key in order, between two of them.
function quantile(of, key, q,    n, i, j, t, at, list) {
	n = runs[key]
	for (i = 1; i <= n; i++) {
		t = of[key, i] + 0
		for (j = i - 1; j > 0 && list[j] > t; j--)
			list[j + 1] = list[j]
		list[j + 1] = t
	}
	at = 1 + (n - 1) * q
	i = int(at)
	return i >= n ? list[n] : list[i] + (at - i) * (list[i + 1] - list[i])
}

function median(of, key) {
	return quantile(of, key, 0.5)
}

# Three digits that count, or all before the point.
function shown(x) {
	return sprintf(x >= 100 ? "%.0f" : x >= 10 ? "%.1f" : "%.2f", x)
}

function unit(c) {
	return c == "memory" ? "KiB" : c == "start" ? "ms" : "us"
}

function is_peer(name) {
	return name !~ /^(prefork|floor)/
}

# The cheapest peer of a case.
function best(c,    i, n, list, cheapest, name) {
	n = split(names[c], list, " ")
	for (i = 1; i <= n; i++)
		if (is_peer(list[i]) && (name == "" ||
		    median(figure, c SUBSEP list[i]) < cheapest)) {
			name = list[i]
			cheapest = median(figure, c SUBSEP name)
		}
	return name
}

# Sets that, value and verdict of a bar; false if it was not measured.
function judge(b,    c) {
	c = bar_case[b]
	that = bar_that[b] == "best" ? best(c) : bar_that[b]
	if (!((c, bar_of[b]) in seen) || (that != "" && !((c, that) in seen)) ||
	    (bar_that[b] == "best" && that == ""))
		return 0
	value = median(figure, c SUBSEP bar_of[b])
	if (that != "")
		value /= median(figure, c SUBSEP that)
	verdict = value <= bar_limit[b] + 0 ? "met" : "missed"
	return 1
}

function bar_text(b) {
	if (that == "")
		return bar_case[b] ": " bar_of[b] " takes " shown(value) " " \
		    unit(bar_case[b]) ", at most " bar_limit[b]
	return bar_case[b] ": " bar_of[b] " costs " sprintf("%.2f", value) \
	    " of " that floor_text(b) ", at most " bar_limit[b] \
	    (bar_that[b] == "best" ? " of the best peer" : "")
}

# What the bare calls come to in prefork's place.
function floor_text(b,    of, to) {
	of = bar_of[b]
	to = that
	sub(/^prefork/, "floor", of)
	sub(/^prefork/, "floor", to)
	of = bar_case[b] SUBSEP of
	to = bar_case[b] SUBSEP to
	if (that == "floor" || !(of in seen) || !(to in seen))
		return ""
	return sprintf(" (the floor %.2f)", median(figure, of) / \
	    median(figure, to))
}

# Microseconds that a request took; none if no request was over in time.
function time_shown(us) {
	return us > 0 ? sprintf("%d", us) : "-"
}

function head_line() {
	return machine[1] ", " machine[2] " processors, " machine[3] ", " \
	    machine[4] ", " machine[6] " (" machine[5] ")"
}

function table(    i, j, n, c, key, list) {
	print head_line()
	print "CPU time of the family for a request, user and system, in " \
	    "microseconds: the median of the"
	print "rounds, its quartiles, and prefork's share of it."
	for (i = 1; i <= cases; i++) {
		c = order[i]
		if (!(c in names))
			continue
		printf "\n%s: %s\n", c, title[c]
		printf "  %-13s %10s %21s %8s", "", unit(c), "quartiles",
		    "prefork"
		if (c in timed)
			printf " %10s %9s %9s %9s", "per s", "p50 us",
			    "p99 us", "PSS KiB"
		printf "\n"
		n = split(names[c], list, " ")
		for (j = 1; j <= n; j++)
			row(c, list[j])
	}
	print ""
	for (i = 1; i <= bars; i++)
		if (judge(i))
			print bar_text(i) ": " verdict
}

function row(c, name,    key, m) {
	key = c SUBSEP name
	m = median(figure, key)
	printf "  %-13s %10s %21s %8.2f", name, shown(m),
	    shown(quantile(figure, key, 0.25)) " - " \
	    shown(quantile(figure, key, 0.75)),
	    median(figure, c SUBSEP "prefork") / m
	if (c in timed)
		printf " %10s %9s %9s %9s", shown(median(rate, key)),
		    time_shown(median(p50, key)), time_shown(median(p99, key)),
		    key in pss ? pss[key] : "-"
	printf "\n"
}

function quoted(s) {
	gsub(/[\\"]/, "\\\\&", s)
	# For the page, in which this is to stand.
	gsub(/</, "\\u003c", s)
	return "\"" s "\""
}

function json(    i, j, n, c, list, comma) {
	print "{"
	print "\"processor\": " quoted(machine[1]) ","
	print "\"processors\": " machine[2] + 0 ","
	print "\"system\": " quoted(machine[3]) ","
	print "\"date\": " quoted(machine[4]) ","
	print "\"commit\": " quoted(machine[5]) ","
	print "\"version\": " quoted(machine[6]) ","
	print "\"cases\": ["
	for (i = 1; i <= cases; i++) {
		c = order[i]
		if (!(c in names))
			continue
		printf "%s{\"name\": %s, \"title\": %s, \"unit\": %s, " \
		    "\"contenders\": [\n", comma, quoted(c), quoted(title[c]),
		    quoted(unit(c))
		comma = ",\n"
		n = split(names[c], list, " ")
		for (j = 1; j <= n; j++)
			printf "%s%s\n", json_row(c, list[j]), j < n ? "," : ""
		printf "]}"
	}
	print "\n],\n\"bars\": ["
	comma = ""
	for (i = 1; i <= bars; i++)
		if (judge(i)) {
			printf "%s{\"case\": %s, \"of\": %s, \"that\": %s, " \
			    "\"value\": %.4f, \"limit\": %s, \"met\": %s, " \
			    "\"text\": %s}",
			    comma, quoted(bar_case[i]), quoted(bar_of[i]),
			    quoted(that), value, bar_limit[i],
			    verdict == "met" ? "true" : "false",
			    quoted(bar_text(i))
			comma = ",\n"
		}
	print "\n]\n}"
}

function json_row(c, name,    key, s, i) {
	key = c SUBSEP name
	s = "{\"name\": " quoted(name) sprintf(", \"median\": %.4f, " \
	    "\"low\": %.4f, \"high\": %.4f", median(figure, key),
	    quantile(figure, key, 0.25), quantile(figure, key, 0.75))
	if (c in timed)
		s = s sprintf(", \"per_second\": %.2f", median(rate, key))
	if (c in timed && median(p50, key) > 0)
		s = s sprintf(", \"p50_us\": %d, \"p99_us\": %d",
		    median(p50, key), median(p99, key))
	if (key in pss)
		s = s ", \"pss_kib\": " pss[key]
	s = s ", \"rounds\": ["
	for (i = 1; i <= runs[key]; i++)
		s = s (i > 1 ? ", " : "") sprintf("%.4f", figure[key, i])
	return s "]}"
}

END {
	if (what == "json")
		json()
	else
		table()
}
