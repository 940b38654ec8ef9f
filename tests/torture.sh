#!/bin/sh
# A little of the torture for each model: TAP on standard output.
echo "1..4"
n=0
for model in prefork prethread fork thread; do
	n=$((n + 1))
	case " ${PREFORK_TEST_MODELS:-$model} " in
	*" $model "*) ;;
	*)
		echo "ok $n - $model # SKIP it is not tested here"
		continue
		;;
	esac
	# shellcheck disable=SC2154 # in the environment of make check
	if out=$(TORTURE="$top_builddir/tests/torture/torture" \
		"$top_srcdir/scripts/torture" 500 1 "$model" 2>&1); then
		echo "ok $n - $model bears whatever is sent"
	else
		echo "not ok $n - $model bears whatever is sent"
	fi
	echo "$out" | sed 's/^/# /'
done
