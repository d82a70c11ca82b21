#!/usr/bin/env bash
# Memory of a live capture over half an hour with a million short conversations and a call a minute, as a table. Needs root
# (a network namespace and a pair of virtual interfaces of its own), tcpreplay and perl.
#
#   cargo build --release && benches/memory.sh [MINUTES]
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=${1:-30}
pbxray=${PBXRAY:-$PWD/target/release/pbxray}
rate=1112 # packets a second: two million in half an hour
scratch=$(mktemp -d)
space=memory$$
senders=
trap 'kill $senders 2>/dev/null || true; ip netns del "$space" 2>/dev/null || true; rm -rf "$scratch"' EXIT

ip netns add "$space"
ip -n "$space" link add va type veth peer name vb
for end in va vb; do ip -n "$space" link set "$end" mtu 9000 arp off up; done
ip netns exec "$space" sysctl -qw net.ipv6.conf.all.disable_ipv6=1

# Question and answer over UDP between two of 200 hosts each, no two with the same ports.
perl -e '
    my $flows = shift;
    sub packet {
        my ($from, $to, $sport, $dport, $said) = @_;
        my $udp = pack("n4", $sport, $dport, 8 + length $said, 0) . $said;
        my $ip = pack("CCnnnCCna4a4", 0x45, 0, 20 + length $udp, 0, 0, 64, 17, 0, $from, $to);
        my $frame = pack("H12H12n", "0200000001" . unpack("H2", substr $to, 3), "0200000000" . unpack("H2", substr $from, 3), 0x0800) . $ip . $udp;
        print pack("VVVV", 0, 0, length $frame, length $frame), $frame;
    }
    print pack("VvvVVVV", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1);
    for my $nth (0 .. $flows - 1) {
        my ($a, $b) = (pack("C4", 10, 0, 0, 10 + $nth % 200), pack("C4", 10, 0, 1, 10 + int($nth / 7) % 200));
        my ($sport, $dport) = (20000 + int($nth / 200) % 40000, 7000 + $nth % 13);
        packet($a, $b, $sport, $dport, "question $nth");
        packet($b, $a, $dport, $sport, "answer $nth");
    }' $((minutes * 60 * rate / 2)) >"$scratch/flows.pcap"

ip netns exec "$space" "$pbxray" live -i vb --format jsonl >"$scratch/out" 2>"$scratch/err" &
listener=$!
sleep 1
ip netns exec "$space" tcpreplay -q -i va --pps "$rate" "$scratch/flows.pcap" >/dev/null 2>&1 &
senders=$!
while sleep 60; do ip netns exec "$space" tcpreplay -q -i va samples/agfeo-lan.pcapng >/dev/null 2>&1; done &
senders="$senders $!"

# The kernel's buffer for packets, 64 MiB, is mapped into the process and counts as resident once it was full.
echo '| minute | resident, MiB | of it own, MiB | processor time, s |'
echo '|---|---|---|---|'
for minute in $(seq 1 "$minutes"); do
    sleep 60
    case $minute in
        1 | 2 | 3 | *[05]) awk -v minute="$minute" -v ticks="$(awk '{print $14 + $15}' /proc/$listener/stat)" \
            '/^VmRSS/ { all = $2 } /^RssAnon/ { printf "| %d | %d | %d | %.1f |\n", minute, all / 1024, $2 / 1024, ticks / 100 }' /proc/$listener/status ;;
    esac
done
kill $senders 2>/dev/null || true
kill -TERM "$listener"
wait "$listener" || true
tail -1 "$scratch/out" | grep -o '"packets": *[0-9]*\|"drops": *[0-9]*' | head -2
