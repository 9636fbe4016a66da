/**
 * EnvoyFilter: a patch of what istiod tells a proxy, which may take away what holds a policy. What it adds is not evaluated;
 * one that removes, or that touches TLS or authorization, makes the workloads that it selects unknown.
 * Source: https://istio.io/latest/docs/reference/config/networking/envoy-filter/
 */
import { valueAt } from "../../../core/untyped.ts";
import { type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import { bounds } from "../bounds.ts";
import type { PolicyReading } from "../reading.ts";
import type { StageName } from "../rule-model.ts";
import type { IstioContext } from "./context.ts";
import { namespaceOf } from "./mesh-config.ts";
import { readWorkloadSelector } from "./workload-selector.ts";

const STAGES: readonly StageName[] = ["mesh-outbound", "mesh-authentication", "mesh-authorization"];
const TAKES_AWAY: ReadonlySet<string> = new Set(["REMOVE", "REPLACE"]);
const TOUCHES = /rbac|transport_?socket|tls_?context|filter_?chain_?match/i;

export function readEnvoyFilters(context: IstioContext): void {
  const { reading } = context;
  for (const object of reading.objectsOf("networking.istio.io", "EnvoyFilter")) {
    reading.policy(object, STAGES, (policy) => read(context, object, policy));
  }
}

function read({ reading, proxies, config }: IstioContext, object: KubernetesObject, policy: PolicyReading): void {
  const { podSets } = reading;
  const namespace = namespaceOf(object);
  const selector = readWorkloadSelector(policy, policy.spec.fields("workloadSelector"), "labels");
  const choice = { namespaces: namespace === config.rootNamespace ? undefined : { name: namespace }, pods: selector };
  const subject = podSets.intersect(proxies, podSets.select(choice));
  policy.selects(subject);
  if (subject.members.length === 0) return;
  const raw = rawOf(object);
  const patches = policy.spec.list("configPatches");
  const reason = `the EnvoyFilter ${object.name} changes what proxies do`;
  const isOver = patches.length > bounds.rulePeers;
  const touching = patches.slice(0, bounds.rulePeers).find((patch) => {
    const operation = patch.fields("patch")?.string("operation") ?? "";
    return TAKES_AWAY.has(operation) || TOUCHES.test(JSON.stringify(valueAt(raw, patch.path())));
  });
  const doubt = { code: "mesh.envoy-filter", reason, remedy: "read the patches: they are not evaluated" };
  if (touching === undefined && !isOver) reading.gap({ ...doubt, object, field: ["spec", "configPatches"] });
  else reading.doubtful(object, doubt, subject, STAGES, touching?.path() ?? ["spec", "configPatches"]);
}
