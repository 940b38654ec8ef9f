# shellcheck shell=sh
# shellcheck disable=SC2154 # of run.sh, which sources it
# browser.sh - Chromium, without a window, driven over WebDriver: somebody
# registers, logs out and in, writes, edits, searches and deletes. BOARD_SHOTS is
# a directory for pictures of it.

need board-browser

. scripts/lib/webdriver.sh

place() {
	drives GET /url
	said | sed "s|^$url||"
}

shoot() {
	[ -n "${BOARD_SHOTS-}" ] || return 0
	mkdir -p "$BOARD_SHOTS"
	drives GET /screenshot
	said | base64 -d >"$BOARD_SHOTS/$1.png"
}

browser_registers() {
	drives POST /url "{\"url\":\"$url/\"}"
	leads_on clicks 'a[href="/register"]'
	is 'the page of registering' /register "$(place)"
	types '#name' alice
	types '#password' 'correct horse'
	shoot register
	leads_on clicks '.card button'
	is 'she is in' 'Log out alice' "$(shows 'nav button')"
	leads_on clicks 'nav button'
	is 'and out' 'Log in' "$(shows 'nav a')"
	leads_on clicks 'a[href="/login"]'
	types '#name' alice
	types '#password' 'wrong horse'
	leads_on clicks '.card button'
	is 'not with another password' \
		'There is nobody of that name with that password.' \
		"$(shows .fault)"
	types '#password' 'correct horse'
	leads_on clicks '.card button'
	is 'and in again' '/ Log out alice' "$(place) $(shows 'nav button')"
}

browser_posts() {
	leads_on clicks 'a[href="/write"]'
	types '#title' 'One & <two>'
	types '#text' 'A text of <b>several</b> words.'
	shoot write
	leads_on clicks '.card button'
	is 'a post is written' '/posts/1 One & <two>' "$(place) $(shows h1)"
	is 'as it was typed' 'A text of <b>several</b> words.' "$(shows .text)"
	shoot post
	leads_on clicks 'a[href="/posts/1/edit"]'
	types '#title' 'Another'
	leads_on clicks '.card button'
	is 'it is changed' '/posts/1 Another' "$(place) $(shows h1)"
	leads_on clicks 'a[href="/posts/1/edit"]'
	types '#text' 'And another text, which is here to be found.'
	leads_on clicks '.card button'
	is 'again' 'And another text, which is here to be found.' \
		"$(shows .text)"
	types 'input[type=search]' found
	leads_on drives POST "/element/$(finds 'input[type=search]')/value" \
		'{"text":"\ue007"}'
	is 'it is found' '/?q=found Another' "$(place) $(shows 'article h2')"
}

# Light and dark, wide and narrow.
browser_looks() {
	shoot light
	light=$(computes 'getComputedStyle(document.body).backgroundColor')
	tells Emulation.setEmulatedMedia \
		'{"features":[{"name":"prefers-color-scheme","value":"dark"}]}'
	shoot dark
	dark=$(computes 'getComputedStyle(document.body).backgroundColor')
	is 'its style is there' 'rgb(245, 245, 242)' "$light"
	is 'and dark for those who want it' 'rgb(21, 24, 28)' "$dark"
	tells Emulation.setDeviceMetricsOverride \
		'{"width":360,"height":740,"deviceScaleFactor":2,"mobile":true}'
	for page in / /write /posts/1 /posts/1/delete; do
		drives POST /url "{\"url\":\"$url$page\"}"
		is "$page fits a phone" 360 \
			"$(computes document.documentElement.scrollWidth)"
		shoot "phone$(echo "$page" | tr / -)"
	done
	tells Emulation.clearDeviceMetricsOverride '{}'
}

browser_deletes() {
	drives POST /url "{\"url\":\"$url/posts/1\"}"
	leads_on clicks 'a[href="/posts/1/delete"]'
	leads_on clicks 'button.danger'
	is 'it is deleted' '/ Nobody has written anything yet.' \
		"$(place) $(shows 'article p')"
	is 'for good' 0 "$(query 'SELECT count(*) FROM posts')"
	drives POST /se/log '{"type":"browser"}'
	# A form that comes back with a fault has a status of that kind.
	is 'the browser finds no fault' 0 \
		"$(grep -o '"message":"[^"]*' "$dir/said" |
			grep -c -v ' 403 (Forbidden)')"
}

up
drive
browser_registers
browser_posts
browser_looks
browser_deletes
drive_off
down
is 'it ends in peace' 0 $?
