/**
 * ValidatingAdmissionPolicies with their bindings and parameters, as they are now (Kubernetes, "Validating Admission
 * Policy"). A kind is read for its parameters only while a policy with a binding names it.
 */
import { append } from "../../../core/append.ts";
import { readClock } from "../../../core/clock.ts";
import { Problem } from "../../../core/problem.ts";
import { isObject, valueAt } from "../../../core/untyped.ts";
import type { ClusterApi, Plain } from "../../../engines/kubernetes/cluster/client.ts";
import { kindsOf } from "../../../engines/kubernetes/cluster/discovery.ts";
import { groupVersionOf } from "../../../engines/kubernetes/cluster/paths.ts";
import { type Watch, type WatchState, watchKind } from "../../../engines/kubernetes/cluster/watch.ts";
import type { AdmissionPolicyObjects } from "../model.ts";
import { bounds } from "./bounds.ts";
import { answered } from "./memory.ts";

export interface AdmissionPolicies {
  read(): Promise<AdmissionPolicyObjects | Problem>;
  /** Once policies and bindings were read, or it is known why not. */
  readonly first: Promise<unknown>;
  close(): void;
}

type Unread = AdmissionPolicyObjects["unread"][number];

/** The newest that the API server has counts. */
const VERSIONS = ["v1", "v1beta1"] as const;

const policyPlace = "validatingadmissionpolicies.admissionregistration.k8s.io";

interface Params {
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined: which resource it is is not known, and why. */
  readonly watch: Promise<Watch | Problem>;
  readonly begun: number;
}

export function watchAdmissionPolicies(api: ClusterApi, now: () => number): AdmissionPolicies {
  /** The same list is handed out until something changes: who compiles policies may go by that. */
  let made: AdmissionPolicyObjects | undefined;
  let madeUntil = 0;
  let changes = 0;
  const onChange = () => {
    made = undefined;
    changes++;
  };
  const watched = (resource: string, kind: string) => watchFirstServed(api, { resource, kind, onChange });
  const policies = watched("validatingadmissionpolicies", "ValidatingAdmissionPolicy");
  const bindings = watched("validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding");
  const params = new Map<string, Params>();
  let closed = false;

  function follow(apiVersion: string, kind: string): Params {
    const key = `${apiVersion} ${kind}`;
    const held = params.get(key);
    if (held !== undefined) return held;
    const watch = answered(`${kind} of ${apiVersion}`, () => watchParams(api, apiVersion, kind, onChange));
    const begun = { apiVersion, kind, watch, begun: now() };
    params.set(key, begun);
    // One that could not be looked up is looked up again after a while.
    void watch.then((one) => {
      if (closed && !(one instanceof Problem)) one.close();
    });
    return begun;
  }

  async function stop(key: string): Promise<void> {
    const held = params.get(key);
    params.delete(key);
    const watch = await held?.watch;
    if (watch !== undefined && !(watch instanceof Problem)) watch.close();
  }

  async function paramsOf(wanted: ReadonlyMap<string, Pick<Params, "apiVersion" | "kind">>) {
    for (const [key, { begun, watch }] of params) {
      const isOld = now() - begun > bounds.paramKindMilliseconds;
      if (!wanted.has(key) || (isOld && (await watch) instanceof Problem)) await stop(key);
    }
    const objects: Plain[] = [];
    const unread: Unread[] = [];
    let isCurrent = true;
    let count = 0;
    for (const { apiVersion, kind } of wanted.values()) {
      count++;
      const found = count > bounds.paramKinds ? tooMany() : await follow(apiVersion, kind).watch;
      const state = found instanceof Problem ? found : await settled(found);
      const problem = state instanceof Problem ? state : whyUnread(state, `${kind} of ${apiVersion}`);
      if (problem !== undefined) unread.push({ apiVersion, kind, problem });
      else if ("objects" in state) append(objects, state.objects.values());
      isCurrent &&= !(state instanceof Problem) && state.outcome === "current";
    }
    return { objects, unread, isCurrent };
  }

  return {
    first: Promise.all([policies.first, bindings.first]),
    async read() {
      const states = await Promise.all([policies.settled(), bindings.settled()]);
      for (const state of states) {
        const problem = state.outcome === "absent" ? undefined : whyUnread(state, policyPlace);
        if (problem !== undefined) return problem;
      }
      if (made !== undefined && now() < madeUntil) return made;
      const before = changes;
      const [own, bound] = states.map((state) => ("objects" in state ? [...state.objects.values()] : [])) as [
        Plain[],
        Plain[],
      ];
      const { objects, unread, isCurrent } = await paramsOf(paramKindsOf(own, bound));
      const all = { objects: [...own, ...bound, ...objects], unread };
      if (changes === before) {
        made = all;
        // What could not be read, or is not followed just now, may be had a moment later without a word.
        madeUntil = isCurrent ? Number.POSITIVE_INFINITY : now() + bounds.failedMilliseconds;
      }
      return all;
    },
    close() {
      closed = true;
      policies.close();
      bindings.close();
      for (const key of [...params.keys()]) void stop(key);
    },
  };
}

/** Those of policies that some binding names: what nothing binds decides nothing. */
function paramKindsOf(policies: readonly Plain[], bindings: readonly Plain[]) {
  const bound = new Set(bindings.map((binding) => valueAt(binding, ["spec", "policyName"])));
  const kinds = new Map<string, Pick<Params, "apiVersion" | "kind">>();
  for (const policy of policies) {
    const stated = valueAt(policy, ["spec", "paramKind"]);
    if (!bound.has(valueAt(policy, ["metadata", "name"])) || !isObject(stated)) continue;
    const { apiVersion, kind } = stated;
    if (typeof apiVersion === "string" && typeof kind === "string")
      kinds.set(`${apiVersion} ${kind}`, { apiVersion, kind });
  }
  return kinds;
}

/** @throws Problem */
async function watchParams(api: ClusterApi, apiVersion: string, kind: string, onChange: () => void): Promise<Watch> {
  const place = `${kind} of ${apiVersion}`;
  const problem = (cause: string) => new Problem({ kind: "unavailable", code: "cluster.parameters", place, cause });
  if (apiVersion === "v1" && kind === "Secret") throw problem("the Secrets of a cluster are never listed");
  const groupVersion = groupVersionOf(apiVersion);
  const found = (await kindsOf(api, groupVersion))?.find((one) => one.kind === kind);
  if (found === undefined) throw problem("the API server has no such kind");
  return watchKind(api, { ...groupVersion, resource: found.resource, kind }, { onChange });
}

interface FirstServed {
  readonly first: Promise<unknown>;
  settled(): Promise<WatchState>;
  close(): void;
}

/** Later versions of Kubernetes serve v1; one that is upgraded is noticed, since what is absent is looked for again. */
function watchFirstServed(
  api: ClusterApi,
  { resource, kind, onChange }: { readonly resource: string; readonly kind: string; readonly onChange: () => void },
): FirstServed {
  const watches: Watch[] = [];
  let closed = false;
  async function begin(): Promise<void> {
    for (const version of VERSIONS) {
      if (closed) return;
      const watch = watchKind(api, { group: "admissionregistration.k8s.io", version, resource, kind }, { onChange });
      watches.push(watch);
      if ((await watch.first).outcome !== "absent") return;
    }
  }
  const first = begin();
  return {
    first,
    async settled() {
      await answered(policyPlace, () => first);
      const states = watches.map((watch) => watch.state());
      return states.find(({ outcome }) => outcome !== "absent") ?? states.at(-1) ?? { outcome: "begun" };
    },
    close() {
      closed = true;
      for (const watch of watches) watch.close();
    },
  };
}

async function settled(watch: Watch): Promise<WatchState> {
  if (watch.state().outcome === "begun") await answered("parameters", () => watch.first);
  return watch.state();
}

function whyUnread(state: WatchState, place: string): Problem | undefined {
  switch (state.outcome) {
    case "current":
      return undefined;
    case "behind":
      return readClock().getTime() - state.since > bounds.behindMilliseconds ? state.problem : undefined;
    case "unread":
      return state.problem;
    case "absent": {
      const cause = "the API server has no such kind";
      return new Problem({ kind: "unavailable", code: "cluster.parameters", place, cause });
    }
    case "begun": {
      const cause = "the list is still being read";
      return new Problem({ kind: "unavailable", code: "cluster.late", place, cause });
    }
  }
}

function tooMany(): Problem {
  const cause = `policies take parameters from more than ${bounds.paramKinds} kinds`;
  return new Problem({ kind: "input", code: "cluster.parameters", place: policyPlace, cause });
}
