/** Ports that rules call by the names which the destination's containers give them. */
import type { Classes } from "./classes.ts";
import type { Endpoint } from "./endpoint-model.ts";
import type { PlanGround } from "./plan.ts";
import type { PortSet, PortSets } from "./port-set.ts";
import type { Rule } from "./rule-model.ts";

export interface PortsByName extends Pick<PlanGround, "portsAt" | "doubtfulPortsAt"> {
  /** Classes that give one of the rule's ports by name. */
  classesNaming(rule: Rule): readonly number[];
}

export function portsByName(classes: Classes, endpoints: readonly Endpoint[], sets: PortSets): PortsByName {
  const known = new Map<string, PortSet>();
  const byName = new Map<string, number[]>();
  const podsAt = (one: number) => {
    const endpoint = endpoints[classes.members[one]?.[0] as number];
    return endpoint?.kind === "pods" ? endpoint : undefined;
  };
  for (const one of classes.members.keys()) {
    for (const key of podsAt(one)?.namedPorts.keys() ?? []) {
      const name = key.slice(key.indexOf("/") + 1);
      const listed = byName.get(name);
      if (listed === undefined) byName.set(name, [one]);
      else if (listed.at(-1) !== one) listed.push(one);
    }
  }

  function named({ ports }: Rule, destination: number): PortSet {
    const namedPorts = podsAt(destination)?.namedPorts;
    if (namedPorts === undefined) return sets.none;
    const key = `${destination} ${JSON.stringify(ports.named)}`;
    let found = known.get(key);
    if (found === undefined) {
      const intervals = ports.named.flatMap(({ protocol, name }) =>
        (["TCP", "UDP", "SCTP"] as const)
          .filter((one) => protocol === "any" || protocol === one)
          .flatMap((one) =>
            (namedPorts.get(`${one}/${name}`) ?? []).map((port) => ({ protocol: one, first: port, last: port })),
          ),
      );
      found = sets.of(intervals);
      known.set(key, found);
    }
    return found;
  }

  return {
    classesNaming: ({ ports }) => ports.named.flatMap(({ name }) => byName.get(name) ?? []),
    portsAt(rule, destination) {
      const { numbers, named: names } = rule.ports;
      if (names.length === 0 || destination < 0 || podsAt(destination)?.host !== false) return numbers;
      return sets.union(numbers, named(rule, destination));
    },
    doubtfulPortsAt: (rule, destination) =>
      destination >= 0 && podsAt(destination)?.host === true
        ? sets.subtract(named(rule, destination), rule.ports.numbers)
        : sets.none,
  };
}
