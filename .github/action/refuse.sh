# refuse OUTCOME PROBLEM HINT: end the step as settle would, with its outputs, its exit code and an annotation, which no
# text in it can close to be a workflow command of its own.
refuse() {
	local code=2 text="$2
hint: $3"
	if [ "$1" = unknown ]; then code=5; fi
	printf 'outcome=%s\nexit_code=%s\n' "$1" "$code" >>"${GITHUB_OUTPUT:?}"
	text=${text//'%'/%25}
	text=${text//$'\r'/%0D}
	text=${text//$'\n'/%0A}
	printf '::error title=settle::%s\n' "$text"
	exit "$code"
}
