/** What a service mounts of others (the Compose specification, "volumes_from"). */
import { bounds } from "../bounds.ts";
import type { FieldPath } from "../field-path.ts";
import type { ComposeFacts, ComposeMount } from "./facts.ts";

export interface TakenMounts {
  readonly mounts: readonly ComposeMount[];
  /** Entries of `volumes_from` that lead nowhere here, by their index. */
  readonly open: readonly { readonly index: number; readonly reason: string }[];
}

export interface MountingService {
  readonly facts: ComposeFacts;
  /** Where the document has one of its fields. */
  place(path: FieldPath): FieldPath;
}

/**
 * Its own mounts, and behind them those of the services that it names, where it has none at the same place.
 *
 * @param budget - of all services of the file together
 */
export function withMountsOf(
  name: string,
  services: ReadonlyMap<string, MountingService>,
  budget: { mounts: number },
): TakenMounts {
  const open: { index: number; reason: string }[] = [];
  const own = services.get(name)?.facts;
  if (own === undefined) return { mounts: [], open };
  const mounts = [...own.mounts];
  const taken = new Set(mounts.map(({ target }) => target));
  for (const [index, entry] of own.volumesFrom.entries()) {
    const [first = "", second = "", third = ""] = entry.split(":");
    if (first === "container") {
      open.push({ index, reason: `mounts from container ${second} are unknown` });
      continue;
    }
    if (!services.has(first)) {
      open.push({ index, reason: `mounts from ${first} are unknown: not a service of this file` });
      continue;
    }
    if (budget.mounts <= 0) {
      open.push({ index, reason: "too many mounts from other services" });
      continue;
    }
    const seen = new Set([name]);
    const given = reached(first, services, seen);
    budget.mounts -= given.length;
    if (seen.size > bounds.composeVolumesFrom) {
      open.push({
        index,
        reason: `mounts from more than ${bounds.composeVolumesFrom} services: not all are read`,
      });
    }
    const isReadOnly = second === "ro" || third === "ro";
    for (const mount of given) {
      if (taken.has(mount.target)) continue;
      taken.add(mount.target);
      mounts.push(isReadOnly ? { ...mount, readOnly: true } : mount);
    }
  }
  return { mounts, open };
}

/** All mounts of a service, with those that it takes itself. Each is at its place in the document. */
function reached(name: string, services: ReadonlyMap<string, MountingService>, seen: Set<string>): ComposeMount[] {
  const service = services.get(name);
  if (service === undefined || seen.has(name) || seen.size > bounds.composeVolumesFrom) return [];
  seen.add(name);
  const { facts, place } = service;
  return [
    ...facts.mounts.map((mount) => ({ ...mount, place: place(["services", name, "volumes", mount.index]) })),
    ...facts.volumesFrom.flatMap((entry) => reached(entry.split(":")[0] ?? "", services, seen)),
  ];
}
