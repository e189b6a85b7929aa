#!/usr/bin/env bash
# Takes the pictures in docs/images from a system that it starts for that: the simulator, a fresh database, a real Chromium.
set -eu
cd "$(dirname "$0")/.."
dotnet run --project tests/MarketData.EndToEnd.Tests -- -class "*.Screenshots" -explicit only
