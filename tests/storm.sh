#!/bin/sh
# A breeze of each storm: TAP on standard output.
case " ${PREFORK_TEST_MODELS:-prefork} " in
*' prefork '*) ;;
*)
	echo "1..0 # SKIP the model prefork is not tested here"
	exit 0
	;;
esac
case $("$PREFORK" -t --model prefork 2>&1) in
*'no standbys'*)
	echo "1..0 # SKIP this build has no standbys"
	exit 0
	;;
esac
# shellcheck disable=SC2154 # in the environment of make check
KILLS="$top_builddir/tests/storm/kills" HERD="$top_builddir/tests/storm/herd"
ROWS_SERVER="$top_builddir/tests/storm/rows"
POSTER="$top_builddir/tests/storm/poster"
WATCH="$top_builddir/tests/storm/watch"
export KILLS HERD ROWS_SERVER POSTER WATCH
# A sanitizer that looks for leaks lets a worker that makes way take its time to
# leave: a kill of its standby meanwhile kills the last of the slot.
export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0"
echo "1..17"
n=0
for storm in echo files ranges parts encodings churn counts standbys anyone upgrade \
	hup posts scribble blame crash memory herd; do
	n=$((n + 1))
	case $storm in
	counts) what="what is counted is what the clients had" ;;
	posts) what="each row is stored once" ;;
	scribble) what="nobody gets a wrong byte" ;;
	blame | crash) what="who is to blame alone is lost" ;;
	memory)
		what="nothing piles up"
		if grep -q __asan_init "$PREFORK"; then
			echo "ok $n - $what # SKIP a sanitizer keeps memory back"
			continue
		fi
		;;
	*) what="nobody is lost" ;;
	esac
	# shellcheck disable=SC2154 # in the environment of make check
	if out=$(STORM_FILE_MIB=16 "$top_srcdir/scripts/storm" 2 $storm 2>&1); then
		echo "ok $n - in a storm of $storm $what"
	else
		echo "not ok $n - in a storm of $storm $what"
	fi
	echo "$out" | sed 's/^/# /'
done
