/**
 * Breaking the glass: somebody who holds the verb `use` on `breakglass` of `admission.bulkhead.dev` has an object admitted that
 * the policy refuses, for a stated reason and a stated time. An object asks for it by annotations, which alone give nothing.
 * Controllers hold no such right: what they make of a template that was let through is let through with it, until then.
 */

import { Problem } from "../../core/problem.ts";
import { isObject, valueAt } from "../../core/untyped.ts";
import type { AdmissionRequest } from "../../engines/admission/model.ts";
import type { PolicyQuestion } from "../../engines/admission/policies/model.ts";
import type { ClusterApi } from "../../engines/kubernetes/cluster/client.ts";
import { groupVersionOf, pathOf } from "../../engines/kubernetes/cluster/paths.ts";
import { refusedReply } from "../../engines/kubernetes/cluster/writes.ts";
import { askedFor } from "./break-glass/asked.ts";
import { bounds } from "./break-glass/bounds.ts";
import { writeEvent } from "./break-glass/event.ts";
import { createGrants, type Grant, type GrantsPlace } from "./break-glass/grants.ts";
import { isPodOf, templateDigest, templateOf } from "./break-glass/template.ts";
import { answered } from "./cluster/memory.ts";
import type { Asking, BreakGlass, BreakGlassAnswer, ClusterView } from "./model.ts";

export interface BreakGlassOptions {
  readonly api: ClusterApi;
  readonly cluster: Pick<ClusterView, "may">;
  readonly grants: GrantsPlace;
  /** How far away its end may be; default 4. */
  readonly hours?: number;
  /** Milliseconds, for how long answers are remembered. */
  readonly clock?: () => number;
  /** Of each request that is let through: for the metric that an alert goes by. Not of dry runs. */
  readonly onGranted?: (request: AdmissionRequest, grant: Grant) => void;
  /** What could not be noted in the cluster. */
  readonly onProblem?: (problem: Problem) => void;
}

/** The right itself: of a namespace, or of the whole cluster for what is in none. */
const RIGHT = { verb: "use", group: "admission.bulkhead.dev", resource: "breakglass" } as const;

/** Who makes pods of templates (kube-controller-manager, with and without an account for each controller). */
const CONTROLLERS: ReadonlySet<string> = new Set([
  "system:kube-controller-manager",
  ...["replicaset", "replication", "statefulset", "daemon-set", "job"].map(
    (name) => `system:serviceaccount:kube-system:${name}-controller`,
  ),
]);

export function createBreakGlass(options: BreakGlassOptions): BreakGlass {
  const { api, cluster, hours = bounds.hours, clock = () => performance.now() } = options;
  const grants = createGrants(api, options.grants, clock);
  const noted = new Set<string>();

  async function consider(request: AdmissionRequest, now: Date): Promise<BreakGlassAnswer | undefined> {
    const { namespace = "", kind, object, user } = request;
    const template = templateOf(kind.group, kind.kind, object);
    const digest = template === undefined ? undefined : templateDigest(namespace, template);
    const known = digest === undefined ? await grantOfPod(request, now) : await grants.of(digest, now);
    if (known !== undefined && !(known instanceof Problem)) {
      await note(request, known, now, digest ?? known.reason);
      return { outcome: "granted", ...known };
    }
    const asked = askedFor(object, now, hours);
    if (asked === undefined) return known === undefined ? undefined : { outcome: "unknown", why: known.message };
    if ("fault" in asked) return { outcome: "refused", why: asked.fault };
    const question: PolicyQuestion = { ...RIGHT, ...(namespace === "" ? {} : { namespace }) };
    const may = await cluster.may(user, question);
    if (may instanceof Problem) return { outcome: "unknown", why: may.message };
    if (!may) {
      const where = namespace === "" ? "in the cluster" : `in namespace ${namespace}`;
      return { outcome: "refused", why: `${user.username} may not use breakglass.admission.bulkhead.dev ${where}` };
    }
    const grant: Grant = { by: user.username, reason: asked.reason, until: asked.until.toISOString() };
    if (digest !== undefined && !request.dryRun) {
      const problem = await grants.keep(digest, grant, now);
      if (problem !== undefined) options.onProblem?.(problem);
    }
    await note(request, grant, now);
    return { outcome: "granted", ...grant };
  }

  /** Of a pod that a controller makes: the grant of the template that it is made of. */
  async function grantOfPod(request: AdmissionRequest, now: Date): Promise<Grant | Problem | undefined> {
    const { namespace, kind, object, user, operation } = request;
    const isMade = operation === "CREATE" && kind.group === "" && kind.kind === "Pod" && CONTROLLERS.has(user.username);
    const owner = isMade && namespace !== undefined ? ownerOf(object) : undefined;
    if (owner === undefined || namespace === undefined) return undefined;
    const any = await grants.any(now);
    if (any !== true) return any === false ? undefined : any;
    const found = await answered(`${owner.kind} ${namespace}/${owner.name}`, () => readOwner(namespace, owner));
    if (found instanceof Problem || found === undefined) return found;
    const template = templateOf(owner.group, owner.kind, found);
    if (template === undefined || !isPodOf(object, template)) return undefined;
    return await grants.of(templateDigest(namespace, template), now);
  }

  /** @throws Problem */
  async function readOwner(namespace: string, owner: Owner) {
    const { group, version, resource, name, uid } = owner;
    const reply = await api.get(pathOf({ group, version, resource, namespace, name }));
    if (reply.status === 404) return undefined;
    if (reply.status !== 200) throw refusedReply(reply, `${owner.kind} ${namespace}/${name}`, `get ${resource}`);
    return valueAt(reply.body, ["metadata", "uid"]) === uid ? reply.body : undefined;
  }

  /** One event for what somebody asked for, and one for all that controllers make of it. */
  async function note(request: AdmissionRequest, grant: Grant, now: Date, followed?: string): Promise<void> {
    if (request.dryRun) return;
    options.onGranted?.(request, grant);
    if (followed !== undefined) {
      const key = `${request.kind.kind} ${followed} ${grant.until}`;
      if (noted.has(key)) return;
      if (noted.size >= bounds.noted) noted.clear();
      noted.add(key);
    }
    const written = await answered("events", () => writeEvent(api, request, grant, now));
    if (written instanceof Problem) options.onProblem?.(written);
  }

  return {
    async consider(request: AdmissionRequest, { webhook, now }: Asking) {
      if (webhook !== "validate" || request.object === undefined) return undefined;
      try {
        return await consider(request, now);
      } catch (error) {
        return { outcome: "unknown", why: error instanceof Error ? error.message : "the look-up failed" };
      }
    },
  };
}

interface Owner {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly resource: string;
  readonly name: string;
  readonly uid: string;
}

/** What controls it, as the API server reads it next. */
function ownerOf(object: unknown): Owner | undefined {
  const all = valueAt(object, ["metadata", "ownerReferences"]);
  for (const one of Array.isArray(all) ? all : []) {
    if (!isObject(one) || one.controller !== true) continue;
    const { apiVersion, kind, name, uid } = one;
    if (typeof apiVersion !== "string" || typeof kind !== "string") return undefined;
    if (typeof name !== "string" || typeof uid !== "string") return undefined;
    const { group, version } = groupVersionOf(apiVersion);
    return { group, version, kind, resource: `${kind.toLowerCase()}s`, name, uid };
  }
  return undefined;
}
