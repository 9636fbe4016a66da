/** Expected answers as lines: FROM TO [PROTOCOL:PORT | ICMP] ANSWER, without a port TCP 80. An end: `shop/web`, `node:n1`, an address. */
import type { Connection, Endpoint } from "./oracle.ts";

function endpointOf(text: string): Endpoint {
  if (text.startsWith("node:")) return { node: text.slice(5) };
  return text.includes("/") ? { pod: text } : { address: text };
}

export function connectionOf(line: string): Connection {
  const [from = "", to = "", ...rest] = line.split(" ");
  const [protocol, port] = (rest.length === 2 ? (rest[0] ?? "") : "TCP:80").split(":");
  return {
    from: endpointOf(from),
    to: endpointOf(to),
    protocol: protocol as Connection["protocol"],
    ...(port !== undefined && { port: Number(port) }),
  };
}

/** The line with this answer in place of its own. */
export function answeredLine(line: string, answer: string): string {
  return [...line.split(" ").slice(0, -1), answer].join(" ");
}
