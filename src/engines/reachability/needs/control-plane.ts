/** Needs of and to the API server: webhooks and extension servers that it calls, and pods that call it. */
import { valueAt } from "../../../core/untyped.ts";
import { containersOf, firstByName, type KubernetesObject, rawOf } from "../../kubernetes/model.ts";
import { resolveAccess } from "../../kubernetes/rbac/access.ts";
import type { PodEndpoint } from "../endpoint-model.ts";
import { operatorPods } from "../operator-pods.ts";
import { type NeedContext, namespaceOf, objectsOf, type Place, reachService } from "./context.ts";
import type { NeedKind } from "./model.ts";

export function findControlPlaneNeeds(context: NeedContext): void {
  for (const { object, webhooks } of context.manifests.webhookConfigurations) {
    for (const [index, { name }] of webhooks.entries()) {
      const field = ["webhooks", index, "clientConfig", "service"];
      called(context, object, field, "webhook", `${object.kind} ${object.name} calls it for ${name}`);
    }
  }
  for (const { object } of context.manifests.customResourceDefinitions) {
    const field = ["spec", "conversion", "webhook", "clientConfig", "service"];
    called(context, object, field, "webhook", `CustomResourceDefinition ${object.name} converts by it`);
  }
  for (const object of objectsOf(context, "apiregistration.k8s.io", "APIService")) {
    called(context, object, ["spec", "service"], "api-service", `APIService ${object.name} is served by it`);
  }
  apiAccess(context);
}

/** The API server reaches a Service's pods itself; 443 where no port is stated. */
function called(
  context: NeedContext,
  object: KubernetesObject,
  field: Place["field"],
  kind: NeedKind,
  text: string,
): void {
  const service = valueAt(rawOf(object), field);
  const name = valueAt(service, ["name"]);
  const namespace = valueAt(service, ["namespace"]);
  const port = valueAt(service, ["port"]);
  if (typeof name !== "string" || typeof namespace !== "string") return;
  const place = { object, field };
  const known = context.services.named(namespace, name);
  if (known === undefined) {
    const reason = `${object.kind} ${object.name} names Service ${namespace}/${name}, which was not read`;
    context.collector.unknown({ code: "network.need.no-service", reason, place });
    return;
  }
  const wanted = typeof port === "number" ? port : 443;
  for (const { to, protocol, port: reached } of reachService(context, known, wanted, { says: text, place })) {
    context.collector.need({ kind: "api-server" }, to, { protocol, port: reached }, { kind, text, place });
  }
}

/** Pods whose account may ask the API server for something, and that have its token. */
function apiAccess(context: NeedContext): void {
  const { manifests, pods, collector } = context;
  const accounts = new Map(
    manifests.serviceAccounts.map((one) => [`${namespaceOf(one.object)}/${one.object.name}`, one]),
  );
  const granted = firstByName(resolveAccess(manifests), (grant) => (grant.published === undefined ? grant : undefined));
  for (const one of pods) {
    const account = accounts.get(`${one.namespace}/${one.serviceAccount}`);
    const token = tokenOf(one, account?.automountServiceAccountToken);
    if (token === undefined) continue;
    const grant = granted({ kind: "ServiceAccount", namespace: one.namespace, name: one.serviceAccount });
    if (grant === undefined || operatorPods(one.workload)?.asksApiServer === false) continue;
    const { binding, role } = grant;
    const place = { object: binding.object, field: ["subjects"] };
    if (one.serviceAccount === "default" && token === "by-default") {
      // Everything in the namespace has this token, wanted or not.
      const reason = `has the default account's token, to which ${binding.object.kind} ${binding.object.name} gives ${role.name}: whether it asks the API server is not known`;
      const remedy = "give it an account of its own, or automountServiceAccountToken: false";
      collector.unknown({ code: "network.need.default-account", reason, remedy, place, workload: one.name });
      continue;
    }
    const text = `service account ${one.serviceAccount} has ${role.name} by ${binding.object.kind} ${binding.object.name}`;
    const reason = { kind: "api-access" as const, text, place };
    collector.need({ kind: "pods", pods: one }, { kind: "api-server" }, { protocol: "TCP", port: 443 }, reason);
  }
}

/** How it gets its token; undefined where it has none. */
function tokenOf({ workload }: PodEndpoint, ofAccount: boolean | undefined): "stated" | "by-default" | undefined {
  const { pod } = workload;
  const mounted = new Set(containersOf(pod).flatMap(({ container }) => container.volumeMounts.map(({ name }) => name)));
  const projected = pod.volumes.some(
    ({ name, projected: of }) =>
      mounted.has(name) && (of?.sources ?? []).some(({ serviceAccountToken }) => isForApi(serviceAccountToken)),
  );
  if (projected) return "stated";
  const automount = pod.automountServiceAccountToken ?? ofAccount;
  return automount === undefined ? "by-default" : automount ? "stated" : undefined;
}

/** A token for another audience is no token for the API server. */
function isForApi(token: { readonly audience?: string } | undefined): boolean {
  const audience = token?.audience ?? "";
  return token !== undefined && (audience === "" || /^(?:api$|https:\/\/kubernetes\.default)/.test(audience));
}
