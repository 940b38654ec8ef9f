# shellcheck shell=sh
# shellcheck disable=SC2154 # of run.sh, which sources it
# pages.sh - the pages, as a browser without scripts asks for them.

jar=$dir/jar

# visits PATH: a page, as the browser of $jar.
visits() {
	asks GET "$1" -b "$jar" -c "$jar"
}

# hidden NAME: the value of that field in the last page, the last of them.
hidden() {
	grep -o "name=\"$1\" value=\"[^\"]*" "$dir/body" | tail -n 1 |
		sed 's/.*value="//'
}

# fills PATH FIELD=VALUE...: sends the form of the last page.
fills() {
	path=$1
	shift
	for each; do
		set -- "$@" --data-urlencode "$each"
		shift
	done
	asks POST "$path" -b "$jar" -c "$jar" \
		--data-urlencode "proof=$(hidden proof)" \
		--data-urlencode "once=$(hidden once)" \
		--data-urlencode "version=$(hidden version)" "$@"
}

# goes STATUS LOCATION WORDS: where the last answer sends the browser.
goes() {
	is "$3" "$1 $2" "$status $(field location)"
}

# enters NAME: registers, as a new browser.
enters() {
	rm -f "$jar"
	visits /register
	fills /register "name=$1" 'password=correct horse'
	goes 303 / "$1 registers"
}

pages_for_all() {
	visits /
	is 'the list is there' 200 "$status"
	has 'and empty' 'Nobody has written'
	has_not 'and has no script' '<script\|javascript:\|onclick'
	is 'may load nothing else' "default-src 'none'" \
		"$(field content-security-policy | cut -d ';' -f 1)"
	is 'nor be guessed at' nosniff "$(field x-content-type-options)"
	is 'nor be kept' no-store "$(field cache-control)"
	is 'says not where from' same-origin "$(field referrer-policy)"
	asks GET /board.css
	is 'its style is a file' 'text/css; charset=utf-8' "$(field content-type)"
	for path in /posts/1 /posts/x /nothing /board.db /.board.db; do
		visits "$path"
		is "there is no $path" 404 "$status"
	done
	for path in /write /posts/1/edit /posts/1/delete; do
		visits "$path"
		goes 303 /login "$path is for who is logged in"
	done
	asks DELETE /write
	is 'no page is deleted' 405 "$status"
}

pages_of_users() {
	visits /register
	grep -q 'HttpOnly; SameSite=Lax' "$dir/head"
	is 'a browser gets a cookie, out of reach' 0 $?
	asks GET /register -H 'X-Forwarded-Proto: https'
	is 'that is not for HTTP, behind HTTPS' 1 "$(grep -c '; Secure' "$dir/head")"
	visits /register
	proof=$(hidden proof)
	fills /register name=al 'password=correct horse'
	is 'a name is not short' 422 "$status"
	has '... and says why' 'role="alert">A name has'
	fills /register 'name="><script>' 'password=correct horse'
	has 'and what it is is escaped' 'value="&#34;&gt;&lt;script&gt;"'
	fills /register name=alice password=short
	is 'nor is a password' 422 "$status"
	asks POST /register -b "$jar" -d 'name=alice&password=correct+horse'
	is 'without the proof nobody registers' 403 "$status"
	asks POST /register -d "proof=$proof&name=alice&password=correct+horse"
	is 'nor with that of another browser' 403 "$status"
	visits /register
	cp "$jar" "$dir/before"
	fills /register name=alice 'password=correct horse'
	goes 303 / 'with it, alice does'
	cmp -s "$jar" "$dir/before"
	is 'and has another cookie' 1 $?
	visits /
	has 'and is greeted' '<b>alice</b>'
	visits /register
	fills /register name=Alice 'password=correct horse'
	is 'once' 409 "$status"
	visits /
	fills /logout
	goes 303 / 'she leaves'
	visits /login
	fills /login name=alice 'password=wrong horse'
	is 'is not who does not know' 403 "$status"
	fills /login name=alice 'password=correct horse'
	goes 303 / 'and comes back'
}

pages_of_posts() {
	visits /write
	form=$dir/form
	cp "$dir/body" "$form"
	fills /write title= text=x
	is 'a post has a title' 422 "$status"
	has '... what was written is there' 'required>.*</textarea>\|^x</textarea>'
	fills /write "title=<b>One</b> & \"two\"" "text=line
line <script>alert(1)</script>"
	goes 303 /posts/1 'a post is written'
	cp "$dir/head" "$dir/first"
	cp "$form" "$dir/body"
	fills /write title=twice text=twice
	goes 303 /posts/2 'and another'
	cp "$form" "$dir/body"
	fills /write title=twice text=twice
	goes 303 /posts/2 'of a form that is sent twice one'
	visits /posts/1
	has 'it is shown' '<h1>&lt;b&gt;One&lt;/b&gt; &amp; &#34;two&#34;</h1>'
	has_not 'as text' '<script'
	has 'and may be changed' '/posts/1/edit'
	visits /posts/1/edit
	has 'in a form' 'value="&lt;b&gt;One'
	cp "$dir/body" "$form"
	fills /posts/1/edit title=Two "text=$(printf 'a\r\nb')"
	goes 303 /posts/1 'it is changed'
	is 'with ends of lines of one byte' 'a|b' \
		"$(query "SELECT replace(text, char(10), '|') FROM posts WHERE id = 1")"
	cp "$form" "$dir/body"
	fills /posts/1/edit title=Three text=c
	goes 303 /posts/1 'a form that is sent twice'
	is 'changes it once' 2 "$(query 'SELECT version FROM posts WHERE id = 1')"
	sed "s/name=\"once\" value=\"[^\"]*/name=\"once\" value=\"$(printf %048d 0)/" \
		"$form" >"$dir/body"
	fills /posts/1/edit title=Three text=c
	is 'an old form is refused' 409 "$status"
	has 'and keeps what was written' 'value="Three"'
	fills /posts/1/edit title=Three text=c
	goes 303 /posts/1 'until it is sent knowingly'
}

pages_of_others() {
	cp "$jar" "$dir/alices"
	enters bob
	visits /posts/1
	has_not 'another may not change it' /edit
	visits /posts/1/edit
	is 'nor have the form' 403 "$status"
	visits /write
	fills /posts/1/edit title=x text=x
	is 'nor send it' 403 "$status"
	visits /write
	fills /posts/1/delete
	is 'nor delete it' 403 "$status"
	asks POST /posts/1/delete -b "$dir/alices" -d "proof=$(hidden proof)"
	is 'nor by a proof of his for her' 403 "$status"
	cp "$dir/alices" "$jar"
	visits /posts/1/delete
	has 'she is asked' 'gone for good'
	fills /posts/1/delete
	goes 303 / 'and it is deleted'
	visits /posts/1
	is 'it is gone' 404 "$status"
}

pages_of_lists() {
	n=3
	while [ "$n" -le 25 ]; do
		visits /write
		fills /write "title=number $n" "text=text $n"
		n=$((n + 1))
	done
	visits /
	is 'a page has ten' 10 "$(grep -o '<article>' "$dir/body" | wc -l)"
	has_not 'the first is the newest' '>Newer<'
	older=$(grep -o 'href="/?before=[0-9]*' "$dir/body" | sed 's/.*"//')
	visits "$older"
	has 'the next goes on' '>number 15<'
	has 'and back' '>Newer<'
	newer=$(grep -o 'href="/?after=[0-9]*' "$dir/body" | sed 's/.*"//')
	visits "$newer"
	has '... to the newest' '>number 25<'
	visits '/?q=TEXT+1'
	has 'search finds' '>number 19<'
	has_not 'what it is for' '>number 20<'
	has 'and remembers' 'value="TEXT 1"'
	visits '/?q=%25'
	has 'as it is written' 'No post has'
	visits "/?q=$(printf %0101d 0)"
	is 'not too long' 422 "$status"
}

up
pages_for_all
pages_of_users
pages_of_posts
pages_of_others
pages_of_lists
is 'it says nothing else' 0 \
	"$(grep -c -v -e '^prefork: running as root' "$dir/log")"
down
is 'it ends in peace' 0 $?
