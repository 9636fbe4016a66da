/**
 * What was let through, so that the pods of a Deployment are let through with it: one ConfigMap of the guard's own namespace
 * for all its replicas. Whoever may write there may let things through; nobody but the guard should.
 */
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import type { ClusterApi } from "../../../engines/kubernetes/cluster/client.ts";
import { pathOf } from "../../../engines/kubernetes/cluster/paths.ts";
import { mergeObject, type NamedPlace, refusedReply } from "../../../engines/kubernetes/cluster/writes.ts";
import { answered, createShortMemory } from "../cluster/memory.ts";
import { bounds } from "./bounds.ts";

export interface Grant {
  readonly by: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly until: string;
}

export interface Grants {
  /** One that counts at that time. */
  of(digest: string, now: Date): Promise<Grant | undefined | Problem>;
  /** Whether anything is let through at that time: on most days nothing is, and nothing more has to be asked. */
  any(now: Date): Promise<boolean | Problem>;
  /** Undefined once it is kept. */
  keep(digest: string, grant: Grant, now: Date): Promise<Problem | undefined>;
}

export interface GrantsPlace {
  /** The guard's own namespace. */
  readonly namespace: string;
  /** Of the ConfigMap, which is there from the start: the right to make one could not be held to a name. */
  readonly name: string;
}

export function createGrants(api: ClusterApi, { namespace, name }: GrantsPlace, clock: () => number): Grants {
  const place: NamedPlace = { group: "", version: "v1", resource: "configmaps", namespace, name };
  const shown = `ConfigMap ${namespace}/${name}`;
  const memory = createShortMemory<ReadonlyMap<string, Grant>>(bounds.grantsMilliseconds, clock);
  const own = new Map<string, Grant>();

  async function read(): Promise<ReadonlyMap<string, Grant> | undefined> {
    const reply = await api.get(pathOf(place));
    if (reply.status === 404) return undefined;
    if (reply.status !== 200) throw refusedReply(reply, shown, "get configmaps");
    return grantsIn(reply.body.data);
  }

  return {
    async of(digest, now) {
      const known = own.get(digest);
      if (known !== undefined && isValid(known, now)) return known;
      const all = await memory.of(shown, read);
      if (all instanceof Problem) return all;
      const found = all?.get(digest);
      return found !== undefined && isValid(found, now) ? found : undefined;
    },
    async any(now) {
      if ([...own.values()].some((one) => isValid(one, now))) return true;
      const all = await memory.of(shown, read);
      return all instanceof Problem ? all : [...(all?.values() ?? [])].some((one) => isValid(one, now));
    },
    async keep(digest, grant, now) {
      const outcome = await answered(shown, async () => {
        const all = (await read()) ?? new Map<string, Grant>();
        const over = [...all].flatMap(([key, one]) => (isValid(one, now) ? [] : [key]));
        if (all.size - over.length >= bounds.grants && !all.has(digest)) {
          const cause = `${bounds.grants} templates are let through already`;
          throw new Problem({ kind: "unavailable", code: "admission.break-glass", place: shown, cause });
        }
        const data = { ...Object.fromEntries(over.map((key) => [key, null])), [digest]: JSON.stringify(grant) };
        const reply = await mergeObject(api, place, { data });
        if (reply.status !== 200) throw refusedReply(reply, shown, "patch configmaps");
      });
      if (outcome instanceof Problem) return outcome;
      for (const [key, one] of own) if (!isValid(one, now)) own.delete(key);
      if (own.size < bounds.grants) own.set(digest, grant);
      return undefined;
    },
  };
}

function isValid({ until }: Grant, now: Date): boolean {
  return Date.parse(until) > now.getTime();
}

function grantsIn(data: unknown): ReadonlyMap<string, Grant> {
  const grants = new Map<string, Grant>();
  for (const [digest, text] of Object.entries(isObject(data) ? data : {})) {
    const grant = grantOf(text);
    if (grant !== undefined) grants.set(digest, grant);
  }
  return grants;
}

function grantOf(text: unknown): Grant | undefined {
  let value: unknown;
  try {
    value = parseJson(String(text));
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { by, reason, until } = value;
  if (typeof by !== "string" || typeof reason !== "string" || typeof until !== "string") return undefined;
  return Number.isNaN(Date.parse(until)) ? undefined : { by, reason, until };
}
