/** NO_PROXY beside Go's golang.org/x/net/http/httpproxy: what it says is what docker, containerd and kubectl do. */
import { join } from "node:path";
import { proxiesOf } from "../../../src/net/proxy.ts";
import type { Differential, Reading } from "../differential.ts";
import { askGo } from "../go-program.ts";
import type { Random } from "../random.ts";

export const differential: Differential = {
  reader: "noproxy",
  consumer: "Go's httpproxy",
  needs: ["go", "/usr/share/gocode/src/golang.org/x/net/http/httpproxy"],
  cases: { short: 3_000, soak: 100_000 },
  accepting: "difference",
  generate: (random) => Buffer.from(`${noProxy(random)}\n${address(random)}`),
  async consume(cases) {
    const lines = await askGo(join(import.meta.dirname, "noproxy.go"), cases);
    return lines.map((line) => (line === "refused" ? { kind: "refused", why: "no URL" } : value(line)));
  },
  read(bytes) {
    const [setting = "", written = ""] = bytes.toString().split("\n");
    const url = URL.parse(written);
    // Where a host has several spellings, URL has one for all: what is asked is that one.
    if (url === null || url.href.replace(/\/$/, "") !== written) return { kind: "refused", why: "no URL, or another" };
    const proxies = proxiesOf({ HTTP_PROXY: "http://p:1", HTTPS_PROXY: "http://p:1", NO_PROXY: setting });
    return value(proxies(url) === undefined ? "direct" : "proxy");
  },
};

function value(text: string): Reading {
  return { kind: "value", value: text };
}

const NAMES = [
  "example.org",
  "a.example.org",
  "b.a.example.org",
  "ample.org",
  "localhost",
  "host",
  "xn--bcher-kva.example",
];
const ADDRESSES = ["10.0.0.1", "10.1.2.3", "127.0.0.1", "127.9.9.9", "192.168.1.1", "8.8.8.8", "0.0.0.0"];
const WIDE = ["[::1]", "[2001:db8::1]", "[::ffff:a00:1]", "[::ffff:7f00:1]", "[fe80::1]", "[::]"];
const ENTRIES = [
  ...NAMES,
  ...ADDRESSES,
  ...["::1", "2001:db8::1", "::ffff:10.0.0.1", "2001:DB8:0:0:0:0:0:1", "fe80::1%eth0", "[::1]", "[2001:db8::1]"],
  ...["*", "*.", ".", "*.example.org", ".example.org", "*example.org", "EXAMPLE.ORG", "example.org.", "bücher.example"],
  ...["10.0.0.0/8", "10.0.0.1/32", "0.0.0.0/0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "010.0.0.1", "10.1", "::/0"],
  ...["2001:db8::/32", "::ffff:10.0.0.0/104", "::ffff:0:0/96", "::/96", "::ffff:10.0.0.0/8", "2001:db8::/129", "/8"],
  ...["[[::1]]", "[]", "]", "[", "a:b:c", ":", "::", "http://example.org", "user@example.org", "example.org/path"],
];
const PORTS = ["", "", "", ":80", ":443", ":8080", ":", ":0080"];

function noProxy(random: Random): string {
  const entry = () => {
    const text = random.pick(ENTRIES) + random.pick(PORTS);
    if (random.once(6)) return ` ${text}\t`;
    return random.once(8) ? changed(text, random) : text;
  };
  return Array.from({ length: random.below(4) }, entry).join(random.once(20) ? " " : ",");
}

function changed(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  return (
    text.slice(0, at) +
    random.pick([".", ":", "/", "*", "[", "]", "0", "a", " ", "", "%", "-"]) +
    text.slice(at + random.below(2))
  );
}

function address(random: Random): string {
  const scheme = random.pick(["http", "https"]);
  const host = random.pick(random.once(3) ? WIDE : random.once(2) ? ADDRESSES : NAMES);
  return `${scheme}://${random.once(10) ? `${host}.` : host}${random.pick(["", "", ":8080", ":81"])}`;
}
