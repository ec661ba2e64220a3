#!/usr/bin/env bash
# Eight files in flight against one: see concurrency.lua.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec "${AFFICHE:-./affiche}" console tests/bench/concurrency.lua
