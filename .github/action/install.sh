#!/usr/bin/env bash
# Downloads a release of settle for this runner, verifies its sha256 by the release's checksums.txt, and puts it on the PATH
# of the steps that follow. Reads INPUT_VERSION, INPUT_RELEASES, ACTION_REF and what the runner sets.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/refuse.sh"

isRelease='^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$'

version=${INPUT_VERSION:-}
if [ -z "$version" ]; then
	version=latest
	if [[ ${ACTION_REF:-} =~ $isRelease ]]; then version=$ACTION_REF; fi
fi
if [ "$version" != latest ]; then
	version=v${version#v}
	[[ $version =~ $isRelease ]] || refuse invalid "version: \"$INPUT_VERSION\" is not a release" "version: v1.2.3, or version: latest"
fi

case "${RUNNER_OS:-}" in
Linux) os=linux archive=tar.gz ;;
macOS) os=darwin archive=tar.gz ;;
Windows) os=windows archive=zip ;;
*) refuse invalid "runner: there is no release for the system \"${RUNNER_OS:-}\"" "runs-on: ubuntu-latest, macos-latest or windows-latest" ;;
esac
case "${RUNNER_ARCH:-}" in
X64) arch=amd64 ;;
ARM64) arch=arm64 ;;
*) refuse invalid "runner: there is no release for the processor \"${RUNNER_ARCH:-}\"" "a runner of X64 or ARM64" ;;
esac

folder=$(mktemp -d "${RUNNER_TEMP:?}/settle.XXXXXX")

fetch() { # fetch ADDRESS FILE
	local protocols='=http,https'
	case "$1" in https://*) protocols='=https' ;; esac # redirects too
	curl --fail --silent --show-error --location --proto "$protocols" --retry 3 --connect-timeout 20 --max-time 300 \
		--output "$2" --url "$1" 2>"$folder/problem" ||
		refuse unknown "download $1: $(cat "$folder/problem")" "version: a release that there is; releases: a mirror that this runner reaches"
}

sha256() { # sha256 FILE
	if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d' ' -f1
}

releases=${INPUT_RELEASES%/}
if [ "$version" = latest ]; then
	from=latest/download wanted="settle_*_${os}_$arch.$archive"
else
	from=download/$version wanted="settle_${version#v}_${os}_$arch.$archive"
fi
fetch "$releases/$from/checksums.txt" "$folder/checksums.txt"
want='' name=''
while read -r sum file; do
	# shellcheck disable=SC2254 # it is a pattern
	case "$file" in $wanted) want=$sum name=$file ;; esac
done <"$folder/checksums.txt"
[ -n "$name" ] || refuse unknown "checksums.txt of version $version: there is no $wanted in it" "another version"
if [ "$version" = latest ]; then # its archive's name says which that is
	version=${name#settle_}
	version=v${version%"_${os}_$arch.$archive"}
	[[ $version =~ $isRelease ]] || refuse unknown "checksums.txt of the latest version: \"$name\" names no release" "version: v1.2.3"
fi

fetch "$releases/download/$version/$name" "$folder/$name"
got=$(sha256 "$folder/$name")
[ "$got" = "$want" ] || refuse unknown "$name: its sha256 is $got, not $want: it was not run" \
	"run the step again; if it stays so, the release or what it came through was tampered with"

mkdir "$folder/bin"
if [ "$archive" = zip ]; then
	unzip -q "$folder/$name" settle.exe -d "$folder/bin"
else
	tar -xzf "$folder/$name" -C "$folder/bin" settle
fi
rm "$folder/$name"
printf '%s\n' "$folder/bin" >>"${GITHUB_PATH:?}"
