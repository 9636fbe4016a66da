/**
 * STRICT mTLS as rules of the stage `mesh-authentication`: a client that presents an identity is let in, any other is not.
 * Source: https://istio.io/latest/docs/reference/config/security/peer_authentication/
 */

import type { MeshRules } from "../mesh/emit.ts";
import { matchSources } from "../mesh/sources.ts";
import type { InboundMtls, MeshPlace, PortMtls } from "../mesh-model.ts";
import type { PortInterval, PortSet } from "../port-set.ts";
import { bands } from "../rule-model.ts";
import type { IstioContext } from "./context.ts";
import type { DestinationGroup } from "./destinations.ts";

const SOURCE = "https://istio.io/latest/docs/reference/config/security/peer_authentication/";

export function addAuthenticationRules(
  context: IstioContext,
  groups: readonly DestinationGroup[],
  modes: readonly (InboundMtls | undefined)[],
  rules: MeshRules,
): void {
  const { reading, pods } = context;
  const { podSets } = reading;
  const alike = new Map<InboundMtls, Set<number>>();
  for (const [index, mode] of modes.entries()) {
    if (mode === undefined) continue;
    const there = alike.get(mode);
    if (there === undefined) alike.set(mode, new Set([index]));
    else there.add(index);
  }
  for (const [place, [mode, indices]] of [...alike].entries()) {
    const strict = strictPorts(context, mode);
    if (strict.length === 0) continue;
    const selected = pods.where(`inbound mode ${place}`, (_, index) => indices.has(index));
    for (const group of groups) {
      const subject = podSets.intersect(group.pods, selected);
      if (subject.members.length === 0 || group.kind === "gateway") continue;
      for (const { ports, decidedBy, doubt } of strict) {
        const held = reading.portSets.intersect(ports, group.captured);
        const rule = { stage: "mesh-authentication", ...decidedBy, subject, source: SOURCE } as const;
        const anyIdentity = [{ identities: podSets.all, anonymous: false }];
        for (const match of matchSources({ ...reading, pods }, group.sources, anyIdentity, held)) {
          rules.add({
            ...rule,
            band: bands.allow,
            action: "accept",
            peers: match.peers,
            ports: match.ports,
            doubts: [],
          });
        }
        rules.add({
          ...rule,
          band: bands.isolation,
          action: "deny",
          role: "isolation",
          peers: [{ kind: "everything" }],
          ports: held,
          doubts: [group.doubt, doubt],
        });
      }
    }
  }
}

interface StrictPorts extends Pick<PortMtls, "doubt"> {
  readonly ports: PortSet;
  readonly decidedBy: MeshPlace;
}

function strictPorts(
  { reading: { portSets } }: IstioContext,
  { ports, ...whole }: InboundMtls,
): readonly StrictPorts[] {
  const interval = (port: number): PortInterval => ({ protocol: "TCP", first: port, last: port });
  const result: StrictPorts[] = [];
  const add = (set: PortSet, { mode, decidedBy, doubt }: PortMtls, field?: MeshPlace["field"]) => {
    if (mode !== "STRICT" || decidedBy === undefined || set === portSets.none) return;
    result.push({
      ports: set,
      decidedBy: { object: decidedBy.object, field: field ?? decidedBy.field },
      ...(doubt === undefined ? {} : { doubt }),
    });
  };
  const rest = portSets.subtract(portSets.protocol("TCP"), portSets.of([...ports.keys()].map(interval)));
  add(rest, whole);
  const exceptions = [...ports].filter(([, { mode }]) => mode === "STRICT");
  const [first] = exceptions;
  if (first !== undefined)
    add(portSets.of(exceptions.map(([port]) => interval(port))), first[1], ["spec", "portLevelMtls"]);
  return result;
}
