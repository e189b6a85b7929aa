#!/usr/bin/env bash
# Breaks the running system in every way that tests/MarketData.Chaos.Tests knows, in their long form, and prints what came of it.
set -u
cd "$(dirname "$0")" || exit 1

usage() {
  cat <<'END'
Usage: ./chaos.sh [seed] [--symbols N] [--kills N] [--only SCENARIO]

Builds, runs every scenario, and prints a table of what was done and whether all data were right in the end.

  seed             decides when things break; default: the day's number, so that every day tries other moments
  --symbols N      symbols in a run (50)
  --kills N        how often something is broken in a run (20)
  --nights N       nights of the scenario month (31)
  --only SCENARIO  one scenario, as the table names it: killed-enrichment. May be given several times.
  --list           names the scenarios, and runs nothing

Exit code: 0 when all was right, 1 when something was wrong, 2 when it could not be tried.
END
}
fail() {
  echo "chaos.sh: $1" >&2
  exit 2
}
whole() { [[ ${2:-} =~ ^[1-9][0-9]{0,8}$ ]] || fail "$1 needs a whole number from 1, not '${2:-}'."; }

seed=$(($(date +%s) / 86400)) symbols=50 kills=20 nights=31 only=() list=
while [ $# != 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --symbols) whole "$@"; symbols=$2; shift ;;
    --kills) whole "$@"; kills=$2; shift ;;
    --nights) whole "$@"; nights=$2; shift ;;
    --only) [ -n "${2:-}" ] || fail "--only needs a scenario's name; ./chaos.sh --list names them."; only+=("$2"); shift ;;
    --list) list=yes ;;
    -*) fail "there is no option $1; ./chaos.sh --help says which there are." ;;
    *) whole "the seed" "$1"; seed=$1 ;;
  esac
  shift
done

type -P dotnet >/dev/null || fail "dotnet is missing: install the .NET SDK that global.json names."
type -P initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ||
  fail "PostgreSQL's server is missing: install it, for example with 'sudo apt-get install postgresql'."

project=tests/MarketData.Chaos.Tests
output=$(dotnet build $project --nologo -v q -p:UseSharedCompilation=true 2>&1) || { printf '%s\n' "$output" >&2; fail "the build failed."; }
run() { dotnet run --no-build --project $project -- "$@"; }

# A scenario is called as its test class is: KilledEnrichmentTests is killed-enrichment.
scenarios=$(run -noLogo -list classes | sed -nE 's/.*\.(\w+)Tests$/\1/p' | sed -E 's/\B[A-Z]/-&/g' | tr '[:upper:]' '[:lower:]' | sort)
if [ -n "$list" ]; then
  echo "$scenarios"
  exit 0
fi
filter=()
for name in ${only[@]+"${only[@]}"}; do
  grep -qxF -- "$name" <<<"$scenarios" || fail "there is no scenario '$name'; there are: $(paste -sd' ' <<<"$scenarios")."
  filter+=(-class "*.$(sed -E 's/(^|-)(.)/\U\2/g' <<<"$name")Tests")
done

table=$(mktemp)
trap 'rm -f "$table"' EXIT
export CHAOS_SEED=$seed CHAOS_SYMBOLS=$symbols CHAOS_KILLS=$kills CHAOS_NIGHTS=$nights CHAOS_TABLE=$table
# Ctrl+C ends the tests in order; then there is the table of what was done until then.
trap : INT
run -noLogo -noColor -explicit on -showLiveOutput ${filter[@]+"${filter[@]}"}
code=$?

echo
if ! [ -s "$table" ]; then fail "no scenario came to its end; what happened stands above."; fi
sort "$table" | awk -F'\t' -v symbols="$symbols" -v kills="$kills" -v nights="$nights" '
  BEGIN {
    split("scenario\twhat was done\tlost\tretried\ttaken over\trows compared\tverdict\tseconds\tseed", head)
    rows = 1
    for (i = 1; i <= 9; i++) cell[1, i] = head[i]
  }
  { rows++; for (i = 1; i <= 9; i++) cell[rows, i] = $i; if ($7 == "WRONG") wrong[$1] = $9 }
  END {
    for (r = 1; r <= rows; r++) for (i = 1; i <= 9; i++) if (length(cell[r, i]) > width[i]) width[i] = length(cell[r, i])
    for (r = 1; r <= rows; r++) {
      line = ""
      for (i = 1; i <= 9; i++) line = line sprintf(i > 2 && i != 7 ? "%" width[i] "s  " : "%-" width[i] "s  ", cell[r, i])
      print line
    }
    for (name in wrong) print "Again: ./chaos.sh " wrong[name] " --symbols " symbols " --kills " kills " --nights " nights " --only " name
  }'
if [ "$code" = 0 ]; then echo "All was right."; else echo "Something was wrong; what it was stands above." && exit 1; fi
