# shellcheck shell=sh
# shellcheck disable=SC2154 # of who sources it
# webdriver.sh - Chromium, without a window, driven over WebDriver by curl. Who
# sources it has sourced trial.sh before.

# drives METHOD PATH [JSON]: what the driver says is in the file said.
drives() {
	curl -sS --max-time 60 -X "$1" -o "$dir/said" \
		-H 'Content-Type: application/json' ${3+--data-binary "$3"} \
		"$driven$2"
	! grep -q '"error":' "$dir/said" || {
		failed=$((failed + 1))
		echo "not ok: $*"
		head -c 300 "$dir/said"
		echo
	}
}

# said: the value that the driver gave, a text with no escape but one.
said() {
	sed -n 's/.*:"\([^"]*\)"}*$/\1/p' "$dir/said" | sed 's/\\u003C/</g'
}

# quoted TEXT: as JSON.
quoted() {
	printf '"%s"' "$(printf %s "$1" | sed 's/[\\"]/\\&/g')"
}

# finds CSS: the element's name.
finds() {
	drives POST /element "{\"using\":\"css selector\",\"value\":$(quoted "$1")}"
	said
}

clicks() {
	drives POST "/element/$(finds "$1")/click" '{}'
}

# is_left ELEMENT: "left" when the page that it was in is.
is_left() {
	drives GET "/element/$1/name" >/dev/null
	! grep -q '"error":"stale element' "$dir/said" || echo left
}

# leads_on COMMAND...: it does, to another page. Until the old one is left, what is
# looked for may be found there, and be gone when it is asked.
leads_on() {
	old=$(finds html)
	"$@"
	becomes "$* leads on" left is_left "$old"
}

# types CSS TEXT: in the place of what is there.
types() {
	element=$(finds "$1")
	drives POST "/element/$element/clear" '{}'
	drives POST "/element/$element/value" "{\"text\":$(quoted "$2")}"
}

# shows CSS: its text.
shows() {
	drives GET "/element/$(finds "$1")/text"
	said
}

# computes SCRIPT: what it returns, as text.
computes() {
	drives POST /execute/sync "{\"args\":[],\"script\":$(quoted "return String($1)")}"
	said
}

# tells CDP-COMMAND PARAMETERS: the browser itself.
tells() {
	drives POST /goog/cdp/execute "{\"cmd\":\"$1\",\"params\":$2}"
}

# The driver; it tells its port when it has one.
drive() {
	mkfifo "$dir/drivers"
	HOME=$dir TMPDIR=$dir chromedriver --port=0 >"$dir/drivers" 2>&1 &
	driver=$!
	helper="$helper $driver"
	exec 5<"$dir/drivers"
	while read -r line <&5; do
		case $line in
		*'started successfully on port '*)
			driven=${line##*port }
			driven=http://127.0.0.1:${driven%.}
			break
			;;
		esac
	done
	rm "$dir/drivers"
	# What is looked for may have yet to be drawn.
	drives POST /session '{"capabilities":{"alwaysMatch":{
		"timeouts":{"implicit":10000},
		"goog:loggingPrefs":{"browser":"ALL"},
		"goog:chromeOptions":{"args":["--headless=new","--no-sandbox",
		"--disable-gpu","--disable-dev-shm-usage",
		"--window-size=1000,900"]}}}}'
	driven=$driven/session/$(sed -n \
		's/.*"sessionId":"\([^"]*\)".*/\1/p' "$dir/said")
}

drive_off() {
	drives DELETE '' >/dev/null
	kill "$driver"
	wait "$driver" 2>/dev/null
	exec 5<&-
	helper=${helper% *}
}
