/** Peers by address: fromCIDR, fromCIDRSet, toCIDR, toCIDRSet and CiliumCIDRGroup. */

import { isObject, valueAt } from "../../../core/untyped.ts";
import { formatFieldPath, type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import type { Fields } from "../../kubernetes/read/fields.ts";
import { type AddressRange, covers, parseCidr, subtract } from "../addresses.ts";
import { bounds } from "../bounds.ts";
import type { Reading } from "../reading.ts";
import type { Doubt } from "../rule-model.ts";
import { type EndpointSelector, matchesIdentity, readEndpointSelector } from "./endpoint-selector.ts";
import { addressPeer, type CiliumPeer, sure } from "./peers.ts";

type Refuse = (reason: string) => void;

/** Addresses and CIDRs; bits behind the prefix do not count. */
export function cidrPeers(fields: Fields, name: string, matchesNodes: boolean, refuse: Refuse): readonly CiliumPeer[] {
  const path = formatFieldPath(fields.path());
  const listed = fields.strings(name);
  if (listed.length > bounds.rulePeers) refuse(`${path}.${name} has more than ${bounds.rulePeers} peers`);
  const ranges = listed.slice(0, bounds.rulePeers).flatMap((text) => {
    const range = parseCidr(text);
    if (range === undefined) refuse(`${path}.${name}: ${text} is neither an address nor a CIDR`);
    return range ?? [];
  });
  return ranges.length === 0 ? [] : [sure(addressPeer(ranges, matchesNodes))];
}

const MISSING: Doubt = {
  code: "network.cilium-cidr-group",
  reason: "it refers to a CiliumCIDRGroup that was not read",
  remedy: "add the CiliumCIDRGroup to what is read",
};

const INVALID: Doubt = {
  code: "network.cilium-cidr-group",
  reason: "it refers to a CiliumCIDRGroup of which an entry is not a CIDR",
  remedy: "correct the CiliumCIDRGroup",
};

/** Each of `cidr` (with `except`), `cidrGroupRef` or `cidrGroupSelector`. */
export function cidrSetPeers(
  groups: readonly CidrGroup[],
  items: readonly Fields[],
  matchesNodes: boolean,
  refuse: Refuse,
): readonly CiliumPeer[] {
  return items.flatMap((item): readonly CiliumPeer[] => {
    const path = formatFieldPath(item.path());
    const cidr = item.string("cidr") ?? "";
    const name = item.string("cidrGroupRef") ?? "";
    const selector = item.fields("cidrGroupSelector");
    if ([cidr !== "", name !== "", selector !== undefined].filter(Boolean).length !== 1) {
      refuse(`${path} must have one of cidr, cidrGroupRef and cidrGroupSelector`);
      return [];
    }
    for (const key of item.keys) {
      if (!["cidr", "cidrGroupRef", "cidrGroupSelector", "except"].includes(key))
        refuse(`${path}.${key} is not a field`);
    }
    const except = item.strings("except");
    if (cidr === "") {
      // Cilium does not look at them there.
      if (except.length > 0) refuse(`${path}.except stands beside a CIDR group`);
      const chosen = selector === undefined ? undefined : readEndpointSelector(selector, refuse);
      return groupPeers(
        groups,
        (group) => (chosen === undefined ? group.name === name : picks(chosen, group)),
        matchesNodes,
      );
    }
    const range = cidr.includes("/") ? parseCidr(cidr) : undefined;
    if (range === undefined) {
      refuse(`${path}.cidr: ${cidr} is not a CIDR`);
      return [];
    }
    const holes = except.flatMap((text) => {
      const hole = text.includes("/") ? parseCidr(text) : undefined;
      if (hole !== undefined && covers(range, hole)) return [hole];
      refuse(`${path}.except: ${text} is not a CIDR within ${cidr}`);
      return [];
    });
    return [sure(addressPeer(subtract([range], holes), matchesNodes))];
  });
}

function groupPeers(
  groups: readonly CidrGroup[],
  isChosen: (group: CidrGroup) => boolean,
  matchesNodes: boolean,
): readonly CiliumPeer[] {
  const chosen = groups.filter(isChosen);
  const somewhere: CiliumPeer["peer"] = { kind: "outside" };
  if (chosen.length === 0) return [{ peer: somewhere, doubt: MISSING }];
  return chosen.flatMap(({ ranges }) =>
    ranges === undefined
      ? [{ peer: somewhere, doubt: INVALID }]
      : ranges.length === 0
        ? []
        : [sure(addressPeer(ranges, matchesNodes))],
  );
}

export interface CidrGroup {
  readonly name: string;
  readonly labels: KubernetesObject["labels"];
  /** Undefined where an entry is not a CIDR. */
  readonly ranges: readonly AddressRange[] | undefined;
}

export function readCidrGroups(reading: Reading): readonly CidrGroup[] {
  return reading.objectsOf("cilium.io", "CiliumCIDRGroup").map((object) => {
    const listed = valueAt(rawOf(object), ["spec", "externalCIDRs"]);
    const ranges = Array.isArray(listed) && listed.length <= bounds.rulePeers ? listed.map(rangeOf) : [undefined];
    const known = ranges.filter((range) => range !== undefined);
    return { name: object.name, labels: object.labels, ranges: known.length === ranges.length ? known : undefined };
  });
}

function rangeOf(value: unknown): AddressRange | undefined {
  const text = isObject(value) ? undefined : value;
  return typeof text === "string" ? parseCidr(text) : undefined;
}

function picks(selector: EndpointSelector, { labels }: CidrGroup): boolean {
  const answer = matchesIdentity(selector, (_, label) => (Object.hasOwn(labels, label) ? labels[label] : undefined));
  return answer === true;
}
