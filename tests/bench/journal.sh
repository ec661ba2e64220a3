#!/usr/bin/env bash
# What the journal costs: see journal.lua.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec "${AFFICHE:-./affiche}" console tests/bench/journal.lua "$@"
