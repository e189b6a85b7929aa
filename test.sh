#!/usr/bin/env bash
# Builds everything with warnings as errors, checks the format, runs every test project, and ends with one line: N passed, N failed.
# Breaking the running system is done in its short form; ./chaos.sh runs the long one.
# A name or several, such as `./test.sh Domain Storage`, run only these projects, without the format check.
set -u
cd "$(dirname "$0")" || exit 1

# A project that takes longer hangs: its output is shown, and the next one runs.
limit=${MARKETDATA_TEST_MINUTES:-20}

# Installs a Debian package when what it brings is missing and can be installed here.
want() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 && return
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return
  [ -n "${updated:-}" ] || apt-get update -q >/dev/null || echo "apt-get update failed; going on with the lists that are there." >&2
  updated=yes
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$package" >/dev/null && "$@" >/dev/null 2>&1
}
# The same of what the tests can't do without: says what to install.
need() {
  local what=$1
  shift
  want "$@" && return
  echo "$what is missing, which the tests need: install it, for example with 'sudo apt-get install $1'." >&2
  exit 1
}
on_path() { type -P "$1"; }
has_faketime() { ls /usr/lib/*/faketime/libfaketimeMT.so.1; }
has_postgres() { on_path initdb || ls /usr/lib/postgresql/*/bin/initdb; }
has_chromium() {
  [ -n "${MARKETDATA_CHROMIUM:-}" ] || on_path chromium-headless-shell || on_path chromium || on_path chromium-browser || on_path google-chrome
}
install_programs() {
  need "PostgreSQL's server" postgresql has_postgres
  need "Chromium" chromium-headless-shell has_chromium
  need "Prometheus with promtool" prometheus on_path promtool
  need "Alertmanager with amtool" prometheus-alertmanager on_path amtool
  need "npm" npm on_path npm
  # Examples of the documentation are run in pandas and R where they can be had.
  want python3-pandas /usr/bin/python3 -c 'import pandas'
  want r-base-core on_path Rscript
  # Nodes whose clock is wrong; elsewhere these tests are skipped, and say so.
  want faketime has_faketime
  # What is deployed is run where containers can be; elsewhere its tests are skipped, and say so.
  for program in podman runc iptables docker-registry haproxy openssl; do want $program on_path $program; done
  return 0
}

# Tests run too shortly for profiles of the code to pay for themselves.
export DOTNET_TieredPGO=0

# The build needs nothing of what is installed meanwhile. One compiler for all projects: it has the analyzers loaded.
install_programs &
dotnet build MarketData.sln --nologo -v q -p:UseSharedCompilation=true
built=$?
wait $! && [ $built = 0 ] || { echo "0 passed, 1 failed"; exit 1; }
if [ $# = 0 ]; then
  # The longest first, so that nothing is left to wait for when the others are done.
  longest='EndToEnd Chaos Deployment Api AppHost Enrichment Web'
  set -- $longest format $(cd tests && ls -d -- *.Tests | sed 's/^MarketData\.//; s/\.Tests$//' | grep -vxF "$(printf '%s\n' $longest)")
fi

counts=$(mktemp)
failures=$(mktemp)
trap 'rm -f "$counts" "$failures"' EXIT
# The time limit takes a project into a process group of its own, where Ctrl+C does not reach it.
trap 'for job in $(jobs -p); do pkill -P "$job,$(pgrep -d, -P "$job")" timeout; done; exit 130' INT TERM

# Each says how it went when it is done, and notes how many passed, failed and were skipped.
# Spaces and the order of imports: the build has refused what analyzers find, of which one is named here in place of all.
check_format() {
  local output
  if output=$(dotnet format MarketData.sln --no-restore --verify-no-changes --diagnostics IDE0161 2>&1); then echo "1 0 0" >>"$counts"; else
    printf '%s\n' "$output"
    echo "0 1 0" >>"$counts"
  fi
}
run_tests() {
  local project=tests/MarketData.$1.Tests started=$SECONDS output code summary bad
  local command=(dotnet run --no-build --project "$project")
  # Containers bring networks, and a browser breaks its loads off when the machine's networks change: they get a network stack of their own.
  if [ "$1" = Deployment ] && unshare --net ip link set lo up 2>/dev/null; then
    command=(unshare --net sh -c 'ip link set lo up && exec "$@"' sh "${command[@]}")
  fi
  output=$(timeout --kill-after=60s "${limit}m" "${command[@]}" 2>&1)
  code=$?
  output=$(sed 's/\x1b\[[0-9;]*m//g' <<<"$output")
  summary=$(grep -E "Total: [0-9]+, Errors: " <<<"$output" | tail -n 1)
  count() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<<"$summary"; }
  if [ -z "$summary" ]; then
    printf '%s\n' "$output"
    if [ "$code" = 124 ] || [ "$code" = 137 ]; then echo "$project was not done within $limit minutes."; else echo "$project ran no test."; fi
    echo "0 1 0" >>"$counts"
    return
  fi
  bad=$(($(count Failed) + $(count Errors)))
  [ "$code" != 0 ] && [ "$bad" = 0 ] && bad=1
  [ "$bad" = 0 ] || printf '%s\n' "$output"
  grep -A5 -E '\[FAIL\]' <<<"$output" >>"$failures"
  [ "$(count Skipped)" = 0 ] || grep -A1 -E '\[SKIP\]' <<<"$output"
  echo "$1: $(count Total) tests, $(count Failed) failed, $(count Skipped) skipped, $((SECONDS - started)) s"
  echo "$(($(count Total) - $(count Failed) - $(count Skipped))) $bad $(count Skipped)" >>"$counts"
}

# Two at a time: more of them wait for each other, and for what has a limit.
for name in "$@"; do
  [ "$(jobs -rp | wc -l)" -lt 2 ] || wait -n
  if [ "$name" = format ]; then check_format & else run_tests "$name" & fi
done
wait

# Whoever noted nothing was killed, and has failed.
read -r passed failed skipped < <(awk -v all=$# '{ p += $1; f += $2; s += $3 } END { print p + 0, f + all - NR, s + 0 }' "$counts")
# What failed stands at the end, after whatever the projects wrote.
cat "$failures"
[ "$skipped" = 0 ] || echo "$skipped skipped, for the reasons above."
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
