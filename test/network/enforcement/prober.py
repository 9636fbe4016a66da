"""A network of namespaces, one to each end, around a router that has the ruleset; every probe is sent for real.

Reads from its input one JSON object {ends: [[address, ...], ...], ruleset: text, ports: {TCP: [...], UDP: [...]},
probes: [[from, to, protocol, port], ...]}, where from and to are [end, address]. Answers with a JSON list, one true or
false to a probe. The veth of end 3 is `end3` at the router; the ruleset knows it by that name.

It has to be started in a network namespace of its own, which becomes the router's. All namespaces are this process's
alone, without names, and end with it. What the ruleset refuses it must reject, TCP with a reset and the rest with an ICMP
message, which is how a probe learns that it failed: one that learns nothing in time is an error, never a false.
"""
import ctypes
import errno
import json
import os
import resource
import select
import socket
import struct
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000
# Far more than any probe takes on a busy machine.
PATIENCE_SECONDS = 30
# Far longer than any answer takes, so that nearly nothing is sent twice.
RESEND_SECONDS = 2
# In flight at once, so that no socket's buffer runs over.
WINDOW = 256

libc = ctypes.CDLL(None, use_errno=True)
# Threads share no network namespace: this one alone goes from one to the other.
SELF = f"/proc/{os.getpid()}"


def check(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def here():
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def enter(namespace):
    check(libc.setns(namespace, CLONE_NEWNET))


def run(program, text):
    done = subprocess.run(program, input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(program)} ended with {done.returncode}: {done.stdout}")


def setting(name, value):
    # Older kernels lack some of them, and have no such limit then.
    path = f"/proc/sys/net/{name}"
    if os.path.exists(path):
        with open(path, "w") as file:
            file.write(value)


def settings():
    # Every refusal has to be told.
    setting("ipv4/icmp_ratelimit", "0")
    setting("ipv4/icmp_ratemask", "0")
    setting("ipv6/icmp/ratelimit", "0")
    setting("ipv6/icmp/ratemask", "255")
    for scope in ("all", "default"):
        setting(f"ipv4/conf/{scope}/rp_filter", "0")
        setting(f"ipv6/conf/{scope}/accept_dad", "0")
        setting(f"ipv6/conf/{scope}/disable_ipv6", "0")


def is_ipv6(address):
    return ":" in address


def hardware(side, index):
    """Of the router's side or an end's: a local address of ours."""
    return f"02:00:00:{side:02x}:{index >> 8:02x}:{index & 255:02x}"


def build(ends, ruleset):
    """The namespaces of all ends; this thread stays in the router's.

    Neighbors are stated, not asked for: a link takes packets only once the kernel has noticed that both its sides are up, which
    on a busy machine may take longer than it solicits a neighbor. It then says "unreachable", which looks like a refusal.
    """
    router = here()
    namespaces = []
    for _ in ends:
        check(libc.unshare(CLONE_NEWNET))
        namespaces.append(here())
        settings()
        enter(router)
    settings()
    links = []
    for index, addresses in enumerate(ends):
        # The end's side is known by its descriptor here.
        inside = f"{SELF}/fd/{namespaces[index]}"
        links.append(f"link add end{index} address {hardware(0, index)} type veth "
                     f"peer name eth0 address {hardware(1, index)} netns {inside}")
        links.append(f"link set end{index} addrgenmode none up")
        links.append(f"addr add 169.254.1.1/32 dev end{index}")
        links.append(f"addr add fe80::1/64 dev end{index} nodad")
        for address in addresses:
            links.append(f"route add {address}/128 dev end{index}" if is_ipv6(address)
                         else f"route add {address}/32 dev end{index} src 169.254.1.1")
            links.append(f"neigh add {address} lladdr {hardware(1, index)} dev end{index} nud permanent")
    run(["ip", "-batch", "-"], "\n".join(links) + "\n")
    for index, addresses in enumerate(ends):
        lines = ["link set lo up", "link set eth0 addrgenmode none up", "addr add fe80::2/64 dev eth0 nodad"]
        lines += [f"addr add {each}/128 dev eth0 nodad" if is_ipv6(each) else f"addr add {each}/32 dev eth0"
                  for each in addresses]
        # An end of one family needs no way out in the other.
        if not all(is_ipv6(each) for each in addresses):
            lines += ["route add 169.254.1.1/32 dev eth0", "route add default via 169.254.1.1 dev eth0"]
        lines += ["route add default via fe80::1 dev eth0"]
        lines += [f"neigh add {gateway} lladdr {hardware(0, index)} dev eth0 nud permanent"
                  for gateway in ("169.254.1.1", "fe80::1")]
        enter(namespaces[index])
        run(["ip", "-batch", "-"], "\n".join(lines) + "\n")
        enter(router)
    setting("ipv4/ip_forward", "1")
    setting("ipv6/conf/all/forwarding", "1")
    run(["nft", "-f", "-"], ruleset)
    return namespaces


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def internet_checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def sctp_init(source, port):
    """RFC 9260 section 3.3.2: an INIT chunk opens an association; it stands alone in its packet, with tag 0."""
    chunk = struct.pack("!BBHIIHHI", 1, 0, 20, 1, 65536, 1, 1, 1)
    return struct.pack("!HHI", source, port, 0) + struct.pack(
        "<I", crc32c(struct.pack("!HHII", source, port, 0, 0) + chunk)) + chunk


def echo_request(ipv6, number):
    """RFC 792 and RFC 4443; the kernel fills in the checksum of ICMPv6."""
    kind = 128 if ipv6 else 8
    body = struct.pack("!BBHHH", kind, 0, 0, number >> 16, number & 0xFFFF)
    return body if ipv6 else struct.pack("!BBHHH", kind, 0, internet_checksum(body), number >> 16, number & 0xFFFF)


class Prober:
    def __init__(self, ends, namespaces):
        self.ends = ends
        self.namespaces = namespaces
        self.poll = select.epoll()
        self.handlers = {}
        self.results = {}
        self.waiting = set()
        # How to send a probe once more: a packet may be lost where a neighbor is not resolved yet or a buffer runs over.
        self.again = {}
        # What tells apart packets without sockets of their own: for SCTP the source port, for echo the number.
        self.raw = {}
        self.keep = []

    def watch(self, sock, events, handler):
        self.handlers[sock.fileno()] = (sock, handler)
        self.poll.register(sock.fileno(), events)

    def forget(self, sock):
        self.poll.unregister(sock.fileno())
        del self.handlers[sock.fileno()]
        sock.close()

    def settle(self, probe, reached):
        if probe in self.waiting:
            self.waiting.discard(probe)
            self.again.pop(probe, None)
            self.results[probe] = reached

    def listen(self, ports):
        for end, addresses in enumerate(self.ends):
            enter(self.namespaces[end])
            for address in addresses:
                family = socket.AF_INET6 if is_ipv6(address) else socket.AF_INET
                for port in ports["TCP"]:
                    # Never accepted: what the handshake brings into the backlog has arrived.
                    server = socket.socket(family, socket.SOCK_STREAM)
                    server.bind((address, port))
                    server.listen(4096)
                    self.keep.append(server)
                for port in ports["UDP"]:
                    server = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
                    server.bind((address, port))
                    self.watch(server, select.EPOLLIN, self.echo)
            for ipv6 in {is_ipv6(address) for address in addresses}:
                family = socket.AF_INET6 if ipv6 else socket.AF_INET
                for protocol in (socket.IPPROTO_SCTP, socket.IPPROTO_ICMPV6 if ipv6 else socket.IPPROTO_ICMP):
                    raw = socket.socket(family, socket.SOCK_RAW | socket.SOCK_NONBLOCK, protocol)
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
                    sctp = protocol == socket.IPPROTO_SCTP
                    self.raw[end, ipv6, sctp] = raw
                    self.watch(raw, select.EPOLLIN,
                               (lambda sock, _, end=end, v6=ipv6: self.sctp_arrived(sock, end, v6)) if sctp
                               else (lambda sock, _, v6=ipv6: self.icmp_arrived(sock, v6)))

    def echo(self, server, _):
        while True:
            try:
                data, peer = server.recvfrom(64)
            except BlockingIOError:
                return
            except OSError:
                # An answer that its asker refuses comes back as an error of this socket.
                continue
            server.sendto(data, peer)

    def packets(self, raw):
        while True:
            try:
                yield raw.recv(2048)
            except BlockingIOError:
                return

    def sctp_arrived(self, raw, end, ipv6):
        for packet in self.packets(raw):
            header = packet if ipv6 else packet[(packet[0] & 15) * 4:]
            source, port = struct.unpack("!HH", header[:4])
            probe = self.numbered.get(("SCTP", source))
            # The kernel's own answers, where it knows SCTP, come back to a source port that is no probe's destination.
            if probe is not None and self.probes[probe][3] == port and self.probes[probe][1][0] == end:
                self.settle(probe, True)

    def icmp_arrived(self, raw, ipv6):
        for packet in self.packets(raw):
            message = packet if ipv6 else packet[(packet[0] & 15) * 4:]
            if message[0] == (129 if ipv6 else 0):
                self.settle(self.numbered.get(("ICMP", struct.unpack("!I", message[4:8])[0])), True)
            elif message[0] == (1 if ipv6 else 3):
                inner = message[8:]
                protocol = inner[6] if ipv6 else inner[9]
                refused = inner[40:] if ipv6 else inner[(inner[0] & 15) * 4:]
                if protocol == socket.IPPROTO_SCTP:
                    self.settle(self.numbered.get(("SCTP", struct.unpack("!H", refused[:2])[0])), False)
                elif protocol == (socket.IPPROTO_ICMPV6 if ipv6 else socket.IPPROTO_ICMP):
                    self.settle(self.numbered.get(("ICMP", struct.unpack("!I", refused[4:8])[0])), False)

    def start(self, number):
        (end, address), (_, target), protocol, port = self.probes[number]
        self.waiting.add(number)
        enter(self.namespaces[end])
        ipv6 = is_ipv6(target)
        if protocol in ("SCTP", "ICMP"):
            # Ports from 16384 up are no destination's; a window has fewer probes than there are.
            key = 16384 + number % 32768 if protocol == "SCTP" else number
            self.numbered[protocol, key] = number
            packet = sctp_init(key, port) if protocol == "SCTP" else echo_request(ipv6, number)
            def send():
                enter(self.namespaces[end])
                self.send(self.raw[end, ipv6, protocol == "SCTP"], packet, address, target)
            self.again[number] = send
            send()
            return
        kind = socket.SOCK_STREAM if protocol == "TCP" else socket.SOCK_DGRAM
        sock = socket.socket(socket.AF_INET6 if ipv6 else socket.AF_INET, kind | socket.SOCK_NONBLOCK)
        sock.bind((address, 0))
        try:
            sock.connect((target, port))
            if protocol == "UDP":
                sock.send(b"?")
        except BlockingIOError:
            pass
        except OSError as error:
            self.refused(error.errno, number)
            sock.close()
            return
        self.watch(sock, select.EPOLLOUT if protocol == "TCP" else select.EPOLLIN,
                   lambda client, events: self.answered(client, number))
        if protocol == "UDP":
            self.again[number] = lambda: self.send_datagram(sock)

    def send_datagram(self, sock):
        try:
            sock.send(b"?")
        except OSError:
            # A refusal that came meanwhile: the poll says so as well.
            pass

    def send(self, raw, packet, address, target):
        # The source is chosen for each packet: an end may have several addresses.
        ipv6 = is_ipv6(target)
        source = socket.inet_pton(socket.AF_INET6 if ipv6 else socket.AF_INET, address)
        if ipv6:
            control = [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, source + struct.pack("@i", 0))]
        else:
            control = [(socket.IPPROTO_IP, 8, struct.pack("@i4s4s", 0, source, b"\0\0\0\0"))]
        raw.sendmsg([packet], control, 0, (target, 0))

    def answered(self, client, number):
        failure = client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failure == 0 and client.type == socket.SOCK_DGRAM:
            try:
                client.recv(64)
            except OSError as error:
                failure = error.errno
        self.forget(client)
        if failure == 0:
            self.settle(number, True)
        else:
            self.refused(failure, number)

    def refused(self, failure, number):
        # A reset, and how an ICMP message of administrative prohibition reaches a socket; anything else is our network's
        # fault. Every probed port has its listener, so that nothing but the ruleset resets.
        if failure not in (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.EACCES):
            raise OSError(failure, f"{os.strerror(failure)}: probe {self.probes[number]}")
        self.settle(number, False)

    def run(self, probes):
        self.probes = probes
        self.numbered = {}
        # Those of one end together: going into its namespace costs a system call each.
        order = sorted(range(len(probes)), key=lambda number: probes[number][0][0], reverse=True)
        deadline = time.monotonic() + PATIENCE_SECONDS
        resend = time.monotonic() + RESEND_SECONDS
        while order or self.waiting:
            while order and len(self.waiting) < WINDOW:
                self.start(order.pop())
                deadline = time.monotonic() + PATIENCE_SECONDS
                resend = time.monotonic() + RESEND_SECONDS
            for descriptor, events in self.poll.poll(1):
                if descriptor in self.handlers:
                    sock, handler = self.handlers[descriptor]
                    handler(sock, events)
            if self.waiting and time.monotonic() > resend:
                for send in [self.again[number] for number in self.waiting if number in self.again]:
                    send()
                resend = time.monotonic() + RESEND_SECONDS
            if self.waiting and time.monotonic() > deadline:
                raise RuntimeError(f"neither arrived nor refused: {[probes[each] for each in sorted(self.waiting)][:5]}")
        return [self.results[number] for number in range(len(probes))]


def main():
    asked = json.load(sys.stdin)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    prober = Prober(asked["ends"], build(asked["ends"], asked["ruleset"]))
    prober.listen(asked["ports"])
    json.dump(prober.run([tuple(each) for each in asked["probes"]]), sys.stdout)


main()
