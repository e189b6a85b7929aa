#!/usr/bin/env bash
# Builds everything with warnings as errors, checks the format, runs every test project, and ends with one line: N passed, N failed.
set -u
cd "$(dirname "$0")" || exit 1

# The integration tests start a private PostgreSQL of their own.
if ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q && apt-get install -y -q --no-install-recommends postgresql || exit 1
  else
    echo "PostgreSQL's server binaries are missing: install them, for example with 'sudo apt-get install postgresql'." >&2
    exit 1
  fi
fi

passed=0 failed=0 skipped=0
dotnet build MarketData.sln --nologo -v q || { echo "0 passed, 1 failed"; exit 1; }
dotnet format MarketData.sln --no-restore --verify-no-changes && passed=1 || failed=1

for project in tests/*.Tests; do
  name=$(basename "$project")
  grep -rqE --include='*.cs' '\[(Fact|Theory)' "$project" || continue
  output=$(dotnet run --no-build --project "$project" 2>&1)
  code=$?
  summary=$(sed 's/\x1b\[[0-9;]*m//g' <<<"$output" | grep -E "Total: [0-9]+, Errors: " | tail -n 1)
  count() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<<"$summary"; }
  if [ -z "$summary" ]; then
    printf '%s\n' "$output"
    failed=$((failed + 1))
    continue
  fi
  bad=$(($(count Failed) + $(count Errors)))
  [ "$code" != 0 ] && [ "$bad" = 0 ] && bad=1
  [ "$bad" = 0 ] || printf '%s\n' "$output"
  echo "$name:$(sed 's/.*Tests *//' <<<"$summary")"
  passed=$((passed + $(count Total) - $(count Failed) - $(count Skipped))) failed=$((failed + bad)) skipped=$((skipped + $(count Skipped)))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
