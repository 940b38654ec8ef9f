#!/bin/sh
# browser.sh - Chromium looks at the page of the status and presses its buttons:
# the page's own stream goes on and so does a download, whatever process dies. The last
# line is "N passed, N failed". STATUS_SHOTS is a directory for pictures of it.
set -u
cd "$(dirname -- "$0")/../.." || exit 111
. scripts/lib/packages.sh
need board-browser
PREFORK=${PREFORK:-./prefork}

trial=status
. scripts/lib/trial.sh
. scripts/lib/webdriver.sh

up() {
	starts status "$PREFORK" -w 2 -p 0 -b 127.0.0.1 -r "$dir" --demo
}

# computed WORDS WANTED SCRIPT: it does so within ten seconds.
computed() {
	becomes "$1" "$2" computes "$3"
}

shoot() {
	[ -n "${STATUS_SHOTS-}" ] || return 0
	mkdir -p "$STATUS_SHOTS"
	drives GET /screenshot
	said | base64 -d >"$STATUS_SHOTS/$1.png"
}

visit() {
	drives POST /url "{\"url\":\"$url/\"}"
	computed 'the stream is heard' true 'events > 1'
}

media() {
	tells Emulation.setEmulatedMedia \
		"{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"$1\"}]}"
}

width() {
	tells Emulation.setDeviceMetricsOverride \
		"{\"width\":$1,\"height\":900,\"deviceScaleFactor\":1,\"mobile\":$2}"
}

looks() {
	is 'it is ready' ready "$(shows '#ready')"
	is 'a card for each slot' 2 \
		"$(computes 'document.querySelectorAll(".slot").length')"
	is 'and a row' 2 "$(computes 'document.getElementById("rows").rows.length')"
	media dark
	is 'dark for those who want it' 'rgb(20, 23, 27)' \
		"$(computes 'getComputedStyle(document.body).backgroundColor')"
	for wide in 390 1600; do
		width $wide "$([ $wide -eq 390 ] && echo true || echo false)"
		is "it fits $wide pixels" true "$(computes \
			'document.documentElement.scrollWidth <= innerWidth')"
		shoot "dark-$wide"
		media light
		shoot "light-$wide"
		media dark
	done
	media light
	tells Emulation.clearDeviceMetricsOverride '{}'
	is 'all that can be pressed has a name' 0 "$(computes \
		'[...document.querySelectorAll("button,select")].filter(e => !e.textContent.trim()).length')"
}

# sums COUNT: an expression for the sum over all slots.
sums() {
	echo "before.slots.reduce((n, row) => n + row.$1, 0)"
}

# Of a worker that is stopped first, so that it makes no other standby, the master
# may have seen that.
killed='before.deaths.workers_killed + before.deaths.workers_stopped + before.deaths.standbys_killed'
whole='before.slots.every(row => row.worker && row.standby && row.state === "serving")'

# press BUTTON DEATHS TAKEOVERS [CAUSE]: and that many more have been seen.
press() {
	deaths=${4:+before.deaths.$4}
	deaths=${deaths:-$killed}
	died=$(computes "$deaths")
	taken=$(computes "$(sums takeovers)")
	clicks "button[value=$1]"
	computed "$1: $2 deaths are shown" "$((died + $2))" "$deaths"
	computed "$1: $3 takeovers are shown" "$((taken + $3))" \
		"$(sums takeovers)"
	computed "$1: the slots are whole again" true "$whole"
}

breaks() {
	clicks '#download'
	computed 'a download has begun' true 'at("bar").value > 0'
	for _ in 1 2 3; do
		press worker 1 1
		press standby 1 0
		press all 2 2
	done
	shoot breaking
	is 'the stream was opened once' 1 "$(computes opened)"
	is 'and has outlived processes' true "$(computes 'survived > 0')"
	computed 'the download is whole' true \
		'at("got").textContent === "Whole: 16,777,216 bytes, 0 wrong"'
	press both 2 0
	press fault 1 1 workers_fault
	computed 'what happened is told' true \
		'at("log").children.length >= 10'
	is 'by the keyboard, too' 'standby' \
		"$(computes '(at("demo").querySelector("button[value=standby]").focus(), document.activeElement.value)')"
}

no_scripts() {
	tells Emulation.setScriptExecutionDisabled '{"value":true}'
	drives POST /url "{\"url\":\"$url/\"}"
	is 'without scripts it says how it is' ready "$(shows '#ready')"
	is 'and of each slot' serving "$(shows '#rows tr td:nth-child(2)')"
	leads_on clicks 'button[value=standby]'
	is 'and its buttons lead back to it' ready "$(shows '#ready')"
	tells Emulation.setScriptExecutionDisabled '{"value":false}'
}

up
drive
visit
looks
breaks
no_scripts
drive_off
kill "$server"
wait "$server"
is 'it ends in peace' 0 $?
server=
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
