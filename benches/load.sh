#!/usr/bin/env bash
# How many packets are lost on a live capture at the top speed of this machine: pbxray, and what a technician would take
# instead, one after the other. Needs root (a network namespace and a pair of virtual interfaces of its own), tcpreplay,
# and a capture with RTP; `make bench` leaves one at target/tmp/bench-voice-100.cap.
#
#   cargo build --release && benches/load.sh target/tmp/bench-voice-100.cap [LOOPS]
set -euo pipefail
cd "$(dirname "$0")/.."

capture=${1:?name a capture}
loops=${2:-1}
pbxray=$PWD/target/release/pbxray
scratch=$(mktemp -d)
space=load$$
trap 'ip netns del "$space" 2>/dev/null || true; rm -rf "$scratch"' EXIT

ip netns add "$space"
ip -n "$space" link add va type veth peer name vb
for end in va vb; do ip -n "$space" link set "$end" mtu 9000 arp off up; done
ip netns exec "$space" sysctl -qw net.ipv6.conf.all.disable_ipv6=1

# run NAME COMMAND...: what the listener said is in $scratch/out and $scratch/err afterwards.
run() {
    local name=$1
    shift
    command -v "$1" >/dev/null || { printf '%-18s not installed\n' "$name"; return; }
    ip netns exec "$space" "$@" >"$scratch/out" 2>"$scratch/err" &
    local listener=$!
    sleep 3
    local rate
    rate=$(ip netns exec "$space" tcpreplay -q -i va -K --topspeed --loop "$loops" "$capture" 2>&1 | sed -n 's/^Rated:.* \([0-9.]*\) pps/\1/p')
    sleep 3
    kill -TERM "$listener"
    wait "$listener" || true
    printf '%-18s %9.0f packets/s  %s\n' "$name" "$rate" "$(tell "$name" || true)"
}

tell() {
    case $1 in
        pbxray*) tail -1 "$scratch/out" | grep -o '"packets": *[0-9]*\|"drops": *[0-9]*' | head -2 | tr '\n' ' ' ;;
        tcpdump) grep -E 'captured|dropped by kernel' "$scratch/err" | tr '\n' ' ' ;;
        dumpcap) grep -o 'received/dropped.*' "$scratch/err" ;;
        tshark) grep -E 'captured|dropped' "$scratch/err" | tr '\n' ' ' ;;
    esac
}

run pbxray "$pbxray" live -i vb --format jsonl
run 'pbxray --write' "$pbxray" live -i vb --write "$scratch/all.pcapng" --rotate 1G --format jsonl
run tcpdump tcpdump -i vb -B 65536 -w "$scratch/tcpdump.pcap"
run dumpcap dumpcap -q -i vb -B 64 -w "$scratch/dumpcap.pcapng"
run tshark tshark -i vb -B 64 -q -z rtp,streams
