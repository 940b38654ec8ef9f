# shellcheck shell=sh
# shellcheck disable=SC2154 # of run.sh, which sources it
# api.sh - every status of the API.

# sends METHOD PATH BODY [CURL ARGUMENT]...: JSON, as the user of $token.
type=application/json
sends() {
	sent=$3 sent_as=$1 sent_to=$2
	shift 3
	asks "$sent_as" "$sent_to" -H "Authorization: Bearer $token" \
		-H "Content-Type: $type" --data-binary "$sent" "$@"
}

# member NAME: of the last body, a text without escapes or a number.
member() {
	sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$dir/body" | head -n 1
}

# comes_to STATUS WORDS METHOD PATH BODY [CURL ARGUMENT]...
comes_to() {
	wanted=$1 words=$2
	shift 2
	sends "$@"
	is "$words" "$wanted" "$status"
}

# somebody NAME: registers, logs in; sets token.
somebody() {
	comes_to 201 "$1 registers" POST /api/users \
		"{\"name\":\"$1\",\"password\":\"correct horse\"}"
	is "... and is there" "/api/users/$1" "$(field location)"
	comes_to 201 "$1 logs in" POST /api/sessions \
		"{\"name\":\"$1\",\"password\":\"correct horse\"}"
	is "... which no cache keeps" no-store "$(field cache-control)"
	token=$(member token)
}

api_of_users() {
	somebody Mallory
	mallory=$token
	somebody alice
	comes_to 409 'a name is taken once' POST /api/users \
		'{"name":"ALICE","password":"another one"}'
	comes_to 422 'a name is no other text' POST /api/users \
		'{"name":"a b","password":"another one"}'
	comes_to 422 'a password is not short' POST /api/users \
		'{"name":"bob","password":"short"}'
	comes_to 422 'and it is there' POST /api/users '{"name":"bob"}'
	comes_to 422 'and it is a text' POST /api/users \
		'{"name":"bob","password":12345678}'
	comes_to 401 'a wrong password' POST /api/sessions \
		'{"name":"alice","password":"wrong horse"}'
	comes_to 401 'nobody' POST /api/sessions \
		'{"name":"nobody","password":"correct horse"}'
	is 'says how it could' 'Bearer realm="board"' \
		"$(field www-authenticate)"
	asks GET /api/users/alice
	is 'a user is there' 200 "$status"
	has 'by name' '"name":"alice"'
	has_not 'and not by password' pass
	asks GET /api/users/nobody
	is 'and nobody is not' 404 "$status"
	is 'passwords are hashed' 2 \
		"$(query "SELECT count(*) FROM users WHERE password GLOB '\$[y6]\$*'")"
	is 'tokens are not kept' 0 \
		"$(query "SELECT count(*) FROM sessions WHERE hash = '$token'")"
}

api_of_posts() {
	comes_to 201 'a post' POST /api/posts '{"title":"One","text":"first"}'
	is 'has a place' /api/posts/1 "$(field location)"
	is 'and a version' '"v1"' "$(field etag)"
	is 'and comes back' One "$(member title)"
	asks GET /api/posts/1
	is 'it is there for all' 200 "$status"
	is '... as JSON' application/json "$(field content-type)"
	has 'with its author' '"author":"alice"'
	asks HEAD /api/posts/1
	is 'HEAD is GET' 200 "$status"
	asks GET /api/posts/1 -H 'If-None-Match: W/"v1"'
	is 'and known by its tag' 304 "$status"
	asks GET /api/posts/1 -H 'If-None-Match: "v2"'
	is 'of that version alone' 200 "$status"
	for path in /api/posts/2 /api/posts/0 /api/posts/x /api/posts/1x \
		/api/posts/99999999999999999999 /api/nothing; do
		asks GET "$path"
		is "there is no $path" 404 "$status"
	done
	for path in /api/posts /api/posts/1 /api/users /api/sessions; do
		asks TRACE "$path"
		[ "$status" != 501 ] || status=405
		is "$path is for some methods" 405 "$status"
		asks OPTIONS "$path"
		is "$path says for which" 204 "$status"
	done
	asks PUT /api/posts
	is 'the posts are not put' 405 "$status"
	is 'but got and posted' 'GET, HEAD, POST, OPTIONS' "$(field allow)"
}

# What is not to be is not.
api_of_refusals() {
	asks POST /api/posts -H 'Content-Type: application/json' \
		--data '{"title":"x","text":"y"}'
	is 'nobody posts' 401 "$status"
	asks POST /api/posts -H 'Content-Type: application/json' \
		-H "Cookie: session=$token" --data '{"title":"x","text":"y"}'
	is 'a cookie is nobody' 401 "$status"
	for type in application/x-www-form-urlencoded text/plain \
		application/merge-patch+json application/jsonx; do
		comes_to 415 "$type is no JSON" POST /api/posts 'title=x'
	done
	type='Application/JSON; charset=utf-8'
	comes_to 422 'it is, with a charset' POST /api/posts '{}'
	type=application/json
	comes_to 422 'a post has a text' POST /api/posts '{"title":"x"}'
	comes_to 422 'and a title' POST /api/posts '{"text":"x"}'
	comes_to 422 'that is not blank' POST /api/posts \
		'{"title":" ","text":"x"}'
	comes_to 422 'that is no number' POST /api/posts \
		'{"title":1,"text":"x"}'
	comes_to 422 'that holds no NUL' POST /api/posts \
		'{"title":"a\u0000b","text":"x"}'
	comes_to 422 'nor a bell' POST /api/posts \
		'{"title":"a\u0007b","text":"x"}'
	comes_to 422 'that is not too long' POST /api/posts \
		"{\"title\":\"$(printf %0121d 0)\",\"text\":\"x\"}"
	comes_to 201 'and may be long' POST /api/posts \
		"{\"title\":\"$(printf %0120d 0 | sed 's/0/\\u20ac/g')\",\"text\":\"x\"}"
	comes_to 422 'and nothing else' POST /api/posts \
		'{"title":"x","text":"y","id":"1"}'
	comes_to 413 'and has an end' POST /api/posts "@$dir/long"
	is 'problems are JSON' 1 "$(grep -ci '^content-type:' "$dir/head")"
}

# Post 1 is alice's, and of version 1.
api_of_changes() {
	set -- /api/posts/1 '{"title":"Two","text":"second"}'
	comes_to 428 'a change needs a version' PUT "$@"
	comes_to 412 'that is the one that is there' PUT "$@" \
		-H 'If-Match: "v9"'
	comes_to 412 '... and no weak one' PUT "$@" -H 'If-Match: W/"v1"'
	mine=$token token=$mallory
	comes_to 403 'who wrote it may' PUT "$@" -H 'If-Match: "v1"'
	comes_to 403 'and nobody else' PATCH "$@" -H 'If-Match: *'
	comes_to 403 'may delete it' DELETE "$@" -H 'If-Match: *'
	token=$mine
	comes_to 200 'it is replaced' PUT "$@" -H 'If-Match: "v7", "v1"'
	is 'by a new version' '"v2"' "$(field etag)"
	comes_to 412 'once' PUT "$@" -H 'If-Match: "v1"'
	comes_to 422 'as a whole' PUT /api/posts/1 '{"title":"x"}' \
		-H 'If-Match: "v2"'
	type=application/merge-patch+json
	comes_to 200 'or in part' PATCH /api/posts/1 '{"text":"third"}' \
		-H 'If-Match: "v2"'
	type=application/json
	is 'of which the rest stays' 'Two third' \
		"$(member title) $(member text)"
	comes_to 404 'what is not there' PUT /api/posts/77 \
		'{"title":"x","text":"y"}' -H 'If-Match: *'
	comes_to 404 'is not' DELETE /api/posts/77 '' -H 'If-Match: *'
	comes_to 428 'a deletion needs a version, too' DELETE /api/posts/1 ''
	comes_to 412 'the last one' DELETE /api/posts/1 '' -H 'If-Match: "v2"'
	comes_to 204 'and is done' DELETE /api/posts/1 '' -H 'If-Match: "v3"'
	comes_to 404 'once' DELETE /api/posts/1 '' -H 'If-Match: "v3"'
	comes_to 201 'its number comes not again' POST /api/posts \
		'{"title":"x","text":"y"}'
	is '... for another' 3 "$(member id)"
}

api_of_keys() {
	comes_to 201 'with a key' POST /api/posts \
		'{"title":"key","text":"y"}' -H 'Idempotency-Key: k1'
	id=$(member id)
	comes_to 201 'again' POST /api/posts \
		'{"title":"key","text":"y"}' -H 'Idempotency-Key: k1'
	is 'is the same' "$id" "$(member id)"
	comes_to 422 'for something else' POST /api/posts \
		'{"title":"key","text":"z"}' -H 'Idempotency-Key: k1'
	comes_to 200 'a change' PUT "/api/posts/$id" \
		'{"title":"key","text":"z"}' -H 'Idempotency-Key: k2' \
		-H 'If-Match: "v1"'
	comes_to 200 'again' PUT "/api/posts/$id" \
		'{"title":"key","text":"z"}' -H 'Idempotency-Key: k2' \
		-H 'If-Match: "v1"'
	is 'is one' '"v2"' "$(field etag)"
	for n in 1 2; do
		comes_to 204 "a deletion, $n" DELETE "/api/posts/$id" '' \
			-H 'Idempotency-Key: k3' -H 'If-Match: "v2"'
	done
	mine=$token token=$mallory
	comes_to 201 'of somebody else it is another' POST /api/posts \
		'{"title":"key","text":"y"}' -H 'Idempotency-Key: k1'
	token=$mine
}

# Each line: the status, and a body that is JSON or not.
json_of_all_kinds() {
	cat <<-'END'
		201 {"title":"t","text":"x"}
		201  { "title" : "t" , "text" : "x" } 
		201 {"t\u0069tle":"t","text":"\ud83d\ude00 \u00e9 \"\\\/\n\r\t" }
		422 {"title":"t","text":"x","more":[1,-0.5e+3,0,true,false,null,{},[],[[{"a":[]}]]]}
		422 {}
		422 {"title":null,"text":{"a":{"b":[1,2]}}}
		400 {"title":"t","text":"x"
		400 {"title":"t","text":"x"}}
		400 {"title":"t","text":"x"} x
		400 {"title":"t","title":"t","text":"x"}
		400 {"title":"t","text":"x",}
		400 {"title" "t","text":"x"}
		400 {title:"t","text":"x"}
		400 {"title":'t',"text":"x"}
		400 {"title":"t","text":"\x"}
		400 {"title":"t","text":"\u12"}
		400 {"title":"t","text":"\ud83d"}
		400 {"title":"t","text":"\ude00"}
		400 {"title":"t","text":"\ud83d\u0041"}
		400 {"title":"t","text":01}
		400 {"title":"t","text":1.}
		400 {"title":"t","text":+1}
		400 {"title":"t","text":.5}
		400 {"title":"t","text":1e}
		400 {"title":"t","text":nul}
		400 {"title":"t","text":[1,]}
		400 {"title":"t","text":[1}]
		400 {"title":"t","text":[1 2]}
		400 {"title":"t","text":{"a"}}
		400 {"title":"t","text":{"a":}}
		400 {"title":"t","text":"x
		400 ["title","text"]
		400 "title"
		400 1
		400 {
	END
}

api_of_json() {
	json_of_all_kinds >"$dir/kinds"
	while read -r wanted sent <&4; do
		comes_to "$wanted" "JSON: $sent" POST /api/posts "$sent"
	done 4<"$dir/kinds"
	comes_to 400 'nothing is no JSON' POST /api/posts ''
	printf '{"title":"t","text":"a\001b"}' >"$dir/bytes"
	comes_to 400 'nor is a raw control character' POST /api/posts \
		"@$dir/bytes"
	printf '{"title":"t","text":"\355\240\200"}' >"$dir/bytes"
	comes_to 400 'nor a surrogate in UTF-8' POST /api/posts "@$dir/bytes"
	printf '{"title":"t","text":"\300\200"}' >"$dir/bytes"
	comes_to 400 'nor what is longer than it has to be' POST /api/posts \
		"@$dir/bytes"
	printf '{"title":"t","text":"x"}\000' >"$dir/bytes"
	comes_to 400 'nor a NUL behind it' POST /api/posts "@$dir/bytes"
	deep=$(printf '%031d' 0 | tr 0 '[')
	comes_to 422 'it may be deep' POST /api/posts \
		"{\"a\":$deep$(echo "$deep" | tr '[' ']')}"
	comes_to 400 'but not deeper' POST /api/posts \
		"{\"a\":[$deep$(echo "$deep" | tr '[' ']')]}"
	comes_to 400 'nor endless' POST /api/posts \
		"{\"a\":$(printf '%05000d' 0 | tr 0 '[')"
	comes_to 201 'all characters come back' POST /api/posts \
		'{"title":"\ud83d\ude00","text":"<\u00e9\u20ac>\"\\\n"}'
	has '... as they were' "\"title\":\"$(printf '\360\237\230\200')\""
	has '... in both' "\"text\":\".u003c$(printf '\303\251\342\202\254')>"
}

api_of_lists() {
	asks GET '/api/posts?limit=2'
	is 'a list' 200 "$status"
	is 'has as many as it may' 2 "$(grep -o '"id":' "$dir/body" | wc -l)"
	next=$(member next)
	asks GET "$next"
	has 'and goes on' '"id":'
	count=0 next='/api/posts?limit=7'
	while [ "$next" != null ] && [ "$count" -lt 100 ]; do
		asks GET "$next"
		count=$((count + $(grep -o '"id":' "$dir/body" | wc -l)))
		next=$(member next)
	done
	is 'to the end' "$(query 'SELECT count(*) FROM posts')" "$count"
	sends POST /api/posts '{"title":"100% sure","text":"needle_1"}'
	asks GET '/api/posts?q=NEEDLE_1'
	has 'what is searched for is found' '100% sure'
	asks GET '/api/posts?q=needleX1'
	has 'as it is written' '"posts":\[\]'
	asks GET '/api/posts?q=0%25'
	is '... also this' 1 "$(grep -o '"id":' "$dir/body" | wc -l)"
	for wrong in limit=0 limit=51 limit=x before=-1 before= \
		"q=$(printf %0101d 0)" q=%ff; do
		asks GET "/api/posts?$wrong"
		is "no list has $wrong" 400 "$status"
	done
}

api_of_the_end() {
	comes_to 204 'who logs out' DELETE /api/sessions/current ''
	comes_to 401 'is nobody' DELETE /api/sessions/current ''
	has 'any more' '"status":401'
	comes_to 401 'and posts nothing' POST /api/posts \
		'{"title":"x","text":"y"}'
	token=$mallory
	query "UPDATE sessions SET expires = 1"
	comes_to 401 'a session has an end' POST /api/posts \
		'{"title":"x","text":"y"}'
}

up
token=none
head -c 1100000 /dev/zero | tr '\0' x >"$dir/long"
api_of_users
api_of_posts
api_of_refusals
api_of_changes
api_of_keys
api_of_json
api_of_lists
api_of_the_end
is 'it says nothing else' 0 \
	"$(grep -c -v -e '^prefork: running as root' "$dir/log")"
down
is 'it ends in peace' 0 $?
