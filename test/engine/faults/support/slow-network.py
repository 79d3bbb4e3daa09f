"""Holds back each packet that iptables gives to queue 0 for some milliseconds, and loses some: slow-network.py MILLISECONDS PERCENT.

It does what `tc qdisc add … netem` does where the kernel has no netem.
"""
import heapq, os, random, select, socket, struct, sys, time

delay, loss = float(sys.argv[1]) / 1000, float(sys.argv[2]) / 100
NFQUEUE, CONFIG, VERDICT, REQUEST = 3 << 8, 2, 1, 1
DROP, ACCEPT = 0, 1


def attribute(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + b"\0" * (-len(data) % 4)


def message(kind, *attributes):
    body = struct.pack("!BBH", socket.AF_INET, 0, 0) + b"".join(attributes)
    return struct.pack("=IHHII", 16 + len(body), NFQUEUE | kind, REQUEST, 0, 0) + body


def packet_numbers(data):
    while len(data) >= 16:
        (length,) = struct.unpack_from("=I", data)
        at = 20
        while at + 4 <= length:
            size, kind = struct.unpack_from("=HH", data, at)
            if kind == 1:
                yield data[at + 4 : at + 8]
            at += (size + 3) & ~3
        data = data[(length + 3) & ~3 :]


netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
netlink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
netlink.bind((0, 0))
# Bind to the queue, copy no more than what a packet is called, and hold many.
netlink.send(message(CONFIG, attribute(1, struct.pack("!BxH", 1, socket.AF_INET))))
netlink.send(message(CONFIG, attribute(2, struct.pack("!IB", 0, 1))))
netlink.send(message(CONFIG, attribute(3, struct.pack("!I", 65536))))
print("ready", os.getpid(), flush=True)
held = []
while True:
    wait = max(0, held[0][0] - time.monotonic()) if held else None
    if select.select([netlink], [], [], wait)[0]:
        try:
            received = netlink.recv(1 << 16)
        except OSError:
            continue
        for number in packet_numbers(received):
            verdict = DROP if random.random() < loss else ACCEPT
            heapq.heappush(held, (time.monotonic() + delay, number, verdict))
    while held and held[0][0] <= time.monotonic():
        _, number, verdict = heapq.heappop(held)
        netlink.send(message(VERDICT, attribute(2, struct.pack("!I", verdict) + number)))
