#!/usr/bin/env bash
# From which rate on packets are lost where a listener gets only a share of one processor: pbxray, and what a technician
# would take instead. Bisects the rate between 5,000 and 400,000 packets a second, with 5 s of voice for each try; the
# sender has another processor. Needs root (a network namespace, a pair of virtual interfaces and a control group of its
# own), two processors, tcpreplay, and a capture with RTP; `make bench` leaves one at target/tmp/bench-voice-100.cap.
#
#   cargo build --release && benches/quota.sh target/tmp/bench-voice-100.cap [PERCENT...]
set -euo pipefail
cd "$(dirname "$0")/.."

capture=${1:?name a capture}
shift
pbxray=${PBXRAY:-$PWD/target/release/pbxray}
seconds=5
scratch=$(mktemp -d)
space=quota$$
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    group=/sys/fs/cgroup/$space
else
    group=/sys/fs/cgroup/cpu/$space
fi
listener=
finish() {
    [ -z "$listener" ] || kill -KILL "$listener" 2>/dev/null || true
    ip netns del "$space" 2>/dev/null || true
    sleep 0.5
    rmdir "$group" 2>/dev/null || true
    rm -rf "$scratch"
}
trap finish EXIT

mkdir "$group"
ip netns add "$space"
ip -n "$space" link add va type veth peer name vb
for end in va vb; do ip -n "$space" link set "$end" mtu 9000 arp off up; done
ip netns exec "$space" sysctl -qw net.ipv6.conf.all.disable_ipv6=1

# limit PERCENT: of one processor.
limit() {
    if [ -e "$group/cpu.max" ]; then
        echo "$(($1 * 1000)) 100000" >"$group/cpu.max"
    else
        echo 100000 >"$group/cpu.cfs_period_us"
        echo $(($1 * 1000)) >"$group/cpu.cfs_quota_us"
    fi
}

# try RATE COMMAND...: sets sent and lost.
try() {
    local rate=$1
    shift
    # In the namespace /sys is another one, without control groups: the limit comes first, and must hold.
    sh -ec 'echo $$ >"$0/cgroup.procs"; space=$1; shift; exec ip netns exec "$space" taskset -c 0 "$@"' \
        "$group" "$space" "$@" >"$scratch/out" 2>"$scratch/err" &
    listener=$!
    sleep 3
    local told
    told=$(ip netns exec "$space" taskset -c 1 tcpreplay -q -i va -K --pps "$rate" --duration $seconds --loop 0 "$capture" 2>&1) || true
    sent=$(sed -n 's/^Actual: \([0-9]*\) packets.*/\1/p' <<<"$told")
    reached=$(sed -n 's/^Rated:.* \([0-9]*\)[.0-9]* pps.*/\1/p' <<<"$told")
    sleep 4
    kill -TERM "$listener"
    wait "$listener" 2>/dev/null || true
    listener=
    lost=$((sent - $(seen)))
}

# How many packets the listener got, by its own word; none where it says nothing.
seen() {
    local count
    count=$(case $name in
        pbxray*) tail -1 "$scratch/out" | awk 'match($0, /"packets": *[0-9]+/) { print substr($0, RSTART + 10, RLENGTH - 10) + 0 }' ;;
        tcpdump) sed -n 's/^\([0-9]*\) packets captured.*/\1/p' "$scratch/err" ;;
        dumpcap) sed -n 's|.*received/dropped on interface[^:]*: \([0-9]*\)/.*|\1|p' "$scratch/err" ;;
        tshark) capinfos -Mc "$scratch/tshark.pcapng" 2>/dev/null | sed -n 's/.*Number of packets[^0-9]*//p' ;;
    esac)
    echo "${count:-0}"
}

run() {
    name=$1
    shift
    command -v "$1" >/dev/null || { printf '| %s | not installed | |\n' "$name"; return; }
    local least=5000 most=400000 rate
    try $most "$@"
    if [ "$lost" -le 0 ]; then
        printf '| %s | nothing lost at %s | |\n' "$name" "$reached"
        return
    fi
    while [ $((most * 100)) -gt $((least * 115)) ]; do
        rate=$(awk -v least=$least -v most=$most 'BEGIN { printf "%d", sqrt(least * most) }')
        try "$rate" "$@"
        if [ "$lost" -gt 0 ]; then most=$rate; else least=$rate; fi
    done
    printf '| %s | %s | %s |\n' "$name" "$least" "$most"
}

for percent in "${@:-25}"; do
    limit "$percent"
    printf '\n%s %% of a processor, packets a second:\n\n| listener | nothing lost | lost |\n|---|---|---|\n' "$percent"
    run pbxray "$pbxray" live -i vb --format jsonl
    run 'pbxray --write' "$pbxray" live -i vb --write "$scratch/all.pcapng" --rotate 1G --format jsonl
    run tcpdump tcpdump -i vb -B 65536 -w "$scratch/tcpdump.pcap"
    run dumpcap dumpcap -q -i vb -B 64 -w "$scratch/dumpcap.pcapng"
    run tshark tshark -i vb -B 64 -q -z rtp,streams -w "$scratch/tshark.pcapng"
done
