#!/bin/sh
# Any continuous integration with Node 24: checks the directory, fails on findings that the baseline does not have.
#   BULKHEAD_VERSION   version of the npm package
#   BULKHEAD_POLICY    trusted policy, a file outside the checkout or git:REF:PATH
#   BULKHEAD_BASELINE  known findings, likewise
set -eu
set -- "${1:-.}" --quiet --details --format plain --format sarif=bulkhead.sarif
if [ -n "${BULKHEAD_POLICY:-}" ]; then set -- "$@" "--policy=$BULKHEAD_POLICY"; fi
if [ -n "${BULKHEAD_BASELINE:-}" ]; then set -- "$@" "--baseline=$BULKHEAD_BASELINE"; fi
exec npx --yes "bulkhead@$BULKHEAD_VERSION" check "$@"
