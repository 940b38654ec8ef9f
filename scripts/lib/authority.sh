# shellcheck shell=sh
# authority.sh - a local authority and its certificates, by openssl. To be
# sourced after packages.sh.
#
# The authority stays where a browser has come to trust it; what is certified
# is made anew each time. Its key must not be worth stealing: who has it can
# pretend to be the names and networks below, and nobody else, since browsers
# and libraries check what an authority may certify.

# authority_kept: the directory in which it is.
authority_kept() {
	echo "${XDG_DATA_HOME:-$HOME/.local/share}/prefork"
}

authority_settings() {
	cat <<-END
		[req]
		prompt = no
		distinguished_name = name
		[name]
		O = prefork
		CN = prefork, local authority of $(id -un) on $(uname -n)
		[authority]
		basicConstraints = critical, CA:true, pathlen:0
		keyUsage = critical, keyCertSign, cRLSign
		subjectKeyIdentifier = hash
		nameConstraints = critical, @constraints
		[constraints]
		permitted;DNS.1 = localhost
		permitted;DNS.2 = test
		permitted;DNS.3 = lan
		permitted;DNS.4 = internal
		permitted;DNS.5 = home.arpa
		permitted;IP.1 = 127.0.0.0/255.0.0.0
		permitted;IP.2 = 10.0.0.0/255.0.0.0
		permitted;IP.3 = 172.16.0.0/255.240.0.0
		permitted;IP.4 = 192.168.0.0/255.255.0.0
		permitted;IP.5 = ::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
		permitted;IP.6 = fc00::/fe00::
		permitted;IP.7 = fe80::/ffc0::
		[server]
		basicConstraints = critical, CA:false
		keyUsage = critical, digitalSignature
		extendedKeyUsage = serverAuth
		authorityKeyIdentifier = keyid
		subjectAltName = $1
	END
}

new_key() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"
}

# authority DIR: sees that there is one; DIR is for what is needed meanwhile.
# A link is made by one of two that begin at once, and found by the other.
authority() {
	kept=$(authority_kept)
	mkdir -p "$kept" || return
	authority_settings DNS:localhost >"$1/settings"
	if [ ! -e "$kept/authority.key" ]; then
		new=$(mktemp "$kept/new-XXXXXX") || return
		quietly new_key "$new"
		chmod 600 "$new"
		ln "$new" "$kept/authority.key" 2>/dev/null
		rm -f "$new"
	fi
	if [ ! -e "$kept/authority.pem" ]; then
		new=$(mktemp "$kept/new-XXXXXX") || return
		quietly openssl req -x509 -new -sha256 -days 3650 \
			-config "$1/settings" -extensions authority \
			-key "$kept/authority.key" -out "$new"
		chmod 644 "$new"
		ln "$new" "$kept/authority.pem" 2>/dev/null
		rm -f "$new"
	fi
}

# names_of NAME...: as a certificate has them.
names_of() {
	for name; do
		case $name in
		*:* | *[0-9].[0-9]*.[0-9]*.[0-9]*) echo "IP:$name" ;;
		*) echo "DNS:$name" ;;
		esac
	done | paste -s -d , -
}

# certified DIR NAME...: DIR/pem becomes a certificate for these names, with
# its key. It is checked as a browser would: one for a name that the authority
# may not certify is refused here, with its reason.
certified() {
	made=$1
	shift
	authority "$made" || return
	authority_settings "$(names_of "$@")" >"$made/settings"
	quietly new_key "$made/key"
	quietly openssl req -new -config "$made/settings" -key "$made/key" \
		-out "$made/request"
	quietly openssl x509 -req -in "$made/request" -sha256 -days 397 \
		-CA "$kept/authority.pem" -CAkey "$kept/authority.key" \
		-set_serial "0x$(openssl rand -hex 16)" \
		-extfile "$made/settings" -extensions server -out "$made/chain"
	quietly openssl verify -CAfile "$kept/authority.pem" "$made/chain"
	cat "$made/chain" "$made/key" >"$made/pem"
}
