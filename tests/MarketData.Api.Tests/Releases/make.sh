#!/usr/bin/env bash
# Makes the dump of a release that RestoreTests restore: make.sh FOLDER NAME, where FOLDER is a clone of the release, built in Debug, and NAME is
# what the dump is called here, for example 0098 after the release's newest migration. Needs PostgreSQL 15 (for its dump to be read by every
# server that is supported), curl, and a user postgres when it is run as root.
set -euo pipefail
release=$(realpath "$1") name=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) pg=/usr/lib/postgresql/15/bin port=5493 as=()
[ "$(id -u)" -eq 0 ] && as=(setpriv --reuid postgres --regid postgres --clear-groups) && chown postgres "$work"
chmod 755 "$work"
cd /
cleanup() {
    kill $(jobs -p) 2>/dev/null || true
    wait || true
    "${as[@]}" $pg/pg_ctl stop -s -m immediate -D "$work/pg" || true
    rm -rf "$work"
}
trap cleanup EXIT

"${as[@]}" $pg/initdb -D "$work/pg" -U marketdata -A trust --no-sync --encoding UTF8 --locale C >/dev/null
"${as[@]}" $pg/pg_ctl start -s -w -D "$work/pg" -l "$work/pg/log" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c timezone=UTC"
$pg/createdb -h 127.0.0.1 -p $port -U marketdata marketdata

export ConnectionStrings__marketdata="Host=127.0.0.1;Port=$port;Username=marketdata;Database=marketdata" DOTNET_ENVIRONMENT=Development
run() { dotnet "$release/MarketData.$1/bin/Debug/net10.0/MarketData.$1.dll" "${@:2}" >"/tmp/make-$1.log" 2>&1 & }
wait_for() { for _ in $(seq 240); do curl -fs "$1" >/dev/null && return; sleep 0.5; done; echo "$1 did not answer" >&2; exit 1; }
query() { $pg/psql -qtAX -h 127.0.0.1 -p $port -U marketdata marketdata -c "$1"; }
api=http://127.0.0.1:5495
post() { curl -fsS -X "$1" "$api/api/v1/$2" -H 'content-type: application/json' -d "${3:-}" -o /dev/null; }
finished() { for _ in $(seq 240); do [ "$(query 'SELECT count(*) FROM enrichment_history WHERE completed_at IS NULL')" = 0 ] && return; sleep 0.5; done; exit 1; }

run Simulator --urls http://127.0.0.1:5494
wait_for http://127.0.0.1:5494/alive
run Api --urls $api
wait_for $api/health
run Enrichment --urls http://127.0.0.1:5496 --Providers:BaseUrl=http://127.0.0.1:5494 --Providers:Polygon:ApiKey=test "--Enrichment:Symbols=NVDA JPM BTC-USD GEN" \
    --Storage:Retention:OneDay=400 --Storage:Retention:OneHour=30 --Enrichment:RunOnFirstStart=true
wait_for http://127.0.0.1:5496/health
finished
# A key that works, one that is revoked, what a person decided of an action, a run that was cancelled, and another that went through.
dotnet "$release/MarketData.Api/bin/Debug/net10.0/MarketData.Api.dll" keys create --admin --name "of the release" | head -1 >"$here/$name.key"
dotnet "$release/MarketData.Api/bin/Debug/net10.0/MarketData.Api.dll" keys create --read --name "revoked" >/dev/null
post DELETE "admin/api-keys/$(query "SELECT id FROM api_keys WHERE name = 'revoked'")"
post POST corporate-actions/JPM "{\"ex_date\": \"$(query "SELECT max(ts)::date FROM candles WHERE symbol = 'JPM' AND timeframe = '1d'")\", \"cash_amount\": 1.25}"
for symbol in NVDA JPM BTC-USD GEN; do
    # Small, and of NVIDIA with its split of 2024.
    before=$([ $symbol = NVDA ] && echo 2024-05-01 || date -u -d '-5 days' +%F)
    post POST "admin/symbols/$symbol/history-cuts" "{\"before\": \"$before\"}"
done
post POST enrichment/pause
post POST "enrichment/trigger?symbols=GEN"
post DELETE "enrichment/runs/$(query 'SELECT job_id FROM enrichment_history ORDER BY started_at DESC NULLS FIRST LIMIT 1')" || query "SELECT * FROM enrichment_history"
post POST enrichment/resume
post POST "enrichment/trigger?symbols=NVDA"
finished
kill %3 && wait %3 || true
$pg/pg_dump -h 127.0.0.1 -p $port -U marketdata --format=custom --compress=9 --no-owner --no-privileges --file="$here/$name.dump" marketdata
ls -l "$here/$name.dump"
query "SELECT 'candles ' || count(*) FROM candles UNION ALL SELECT 'runs ' || string_agg(status, ' ') FROM enrichment_history UNION ALL SELECT 'keys ' || count(*) FROM api_keys UNION ALL SELECT 'actions ' || count(*) FROM corporate_actions"
