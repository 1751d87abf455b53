#!/bin/sh
# Node in a network namespace of its own, where lo is all there is.
exec unshare --net sh -c 'ip link set lo up && exec "$@"' sh "${0%/*}/../node_modules/.bin/node" "$@"
