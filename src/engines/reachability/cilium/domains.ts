/** toFQDNs: https://docs.cilium.io/en/latest/security/policy/layer3/#dns-based */
import { formatFieldPath } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { type CiliumPeer, sure } from "./peers.ts";

const NAME = /^[-a-zA-Z0-9_.]{1,255}$/;
const PATTERN = /^[-a-zA-Z0-9_.*]{1,255}$/;

/**
 * Names are compared without case and without the dot at their end. A pattern of nothing but `*` is every name, so whoever
 * has a name of their own may put any address behind it: it is all that is outside.
 */
export function domainPeers(items: readonly Fields[], refuse: (reason: string) => void): readonly CiliumPeer[] {
  const patterns = items.flatMap((item) => {
    const path = formatFieldPath(item.path());
    const name = item.string("matchName") ?? "";
    const pattern = item.string("matchPattern") ?? "";
    if (name === "" && pattern === "") refuse(`${path} has neither matchName nor matchPattern`);
    if (name !== "" && !NAME.test(name)) refuse(`${path}.matchName: ${name} is not a domain name`);
    if (pattern !== "" && !PATTERN.test(pattern)) refuse(`${path}.matchPattern: ${pattern} is not a pattern`);
    for (const key of item.keys) {
      if (key !== "matchName" && key !== "matchPattern") refuse(`${path}.${key} is not a field`);
    }
    return [name, pattern].filter((text) => text !== "").map((text) => text.toLowerCase().replace(/\.$/, ""));
  });
  const everything = patterns.some((pattern) => /^[*.]*$/.test(pattern));
  return [
    ...(patterns.length === 0 ? [] : [sure({ kind: "domains", patterns })]),
    ...(everything ? [sure({ kind: "outside" })] : []),
  ];
}
