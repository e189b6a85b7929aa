#!/usr/bin/env bash
# Builds everything with warnings as errors, checks the format, runs every test project, and ends with one line: N passed, N failed.
# Breaking the running system is done in its short form; docs/reliability.md says how to run the long one.
# A name or several, such as `./test.sh Domain Storage`, run only these projects, without the format check.
set -u
cd "$(dirname "$0")" || exit 1

# A project that takes longer hangs: its output is shown, and the next one runs.
limit=${MARKETDATA_TEST_MINUTES:-15}

# Installs a Debian package when what it brings is missing and can be installed here; else says what to install.
need() {
  local what=$1 package=$2
  shift 2
  "$@" >/dev/null 2>&1 && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    [ -n "${updated:-}" ] || apt-get update -q >/dev/null || echo "apt-get update failed; going on with the lists that are there." >&2
    updated=yes
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$package" >/dev/null && "$@" >/dev/null 2>&1 && return
  fi
  echo "$what is missing, which the tests need: install it, for example with 'sudo apt-get install $package'." >&2
  echo "0 passed, 1 failed"
  exit 1
}
on_path() { type -P "$1"; }
has_postgres() { on_path initdb || ls /usr/lib/postgresql/*/bin/initdb; }
has_chromium() { [ -n "${MARKETDATA_CHROMIUM:-}" ] || on_path chromium || on_path chromium-browser || on_path google-chrome; }
need "PostgreSQL's server" postgresql has_postgres
need "Chromium" chromium has_chromium
need "Prometheus with promtool" prometheus on_path promtool
need "npm" npm on_path npm

passed=0 failed=0 skipped=0
dotnet build MarketData.sln --nologo -v q || { echo "0 passed, 1 failed"; exit 1; }
if [ $# = 0 ]; then
  if dotnet format MarketData.sln --no-restore --verify-no-changes; then passed=1; else failed=1; fi
  set -- $(cd tests && ls -d -- *.Tests | sed 's/^MarketData\.//; s/\.Tests$//')
fi

for name in "$@"; do
  project=tests/MarketData.$name.Tests
  started=$SECONDS
  output=$(timeout --kill-after=60s "${limit}m" dotnet run --no-build --project "$project" 2>&1)
  code=$?
  summary=$(sed 's/\x1b\[[0-9;]*m//g' <<<"$output" | grep -E "Total: [0-9]+, Errors: " | tail -n 1)
  count() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<<"$summary"; }
  if [ -z "$summary" ]; then
    printf '%s\n' "$output"
    if [ "$code" = 124 ] || [ "$code" = 137 ]; then echo "$project was not done within $limit minutes."; else echo "$project ran no test."; fi
    failed=$((failed + 1))
    continue
  fi
  bad=$(($(count Failed) + $(count Errors)))
  [ "$code" != 0 ] && [ "$bad" = 0 ] && bad=1
  [ "$bad" = 0 ] || printf '%s\n' "$output"
  [ "$(count Skipped)" = 0 ] || grep -A1 -E '\[SKIP\]' <<<"$output"
  echo "$name: $(count Total) tests, $(count Failed) failed, $(count Skipped) skipped, $((SECONDS - started)) s"
  passed=$((passed + $(count Total) - $(count Failed) - $(count Skipped))) failed=$((failed + bad)) skipped=$((skipped + $(count Skipped)))
done

[ "$skipped" = 0 ] || echo "$skipped skipped, for the reasons above."
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
