/** What shows that Istio runs: istiod, its injector's webhooks, ztunnel. */
import type { PodEndpoint } from "../endpoint-model.ts";
import { type InjectorWebhook, readInjectors } from "../mesh/injector.ts";
import type { Pods } from "../mesh/members.ts";
import type { ControlPlane } from "../mesh-model.ts";
import type { Reading } from "../reading.ts";

export interface IstioControlPlane {
  readonly webhooks: readonly InjectorWebhook[];
  readonly ztunnel: ControlPlane | undefined;
  readonly found: readonly ControlPlane[];
}

export function readControlPlane(reading: Reading, { list }: Pods): IstioControlPlane {
  const webhooks = readInjectors(
    reading,
    (name, path, service) =>
      name.endsWith("sidecar-injector.istio.io") || (path.startsWith("/inject") && service.startsWith("istiod")),
  );
  const part = (pods: readonly PodEndpoint[], name: "control-plane" | "ztunnel", text: string): ControlPlane[] =>
    pods.map(({ workload: { object } }) => ({ mesh: "istio", part: name, object, field: [], text }));
  const ztunnels = part(list.filter(isZtunnel), "ztunnel", "ztunnel, ambient's node proxy, was read");
  return {
    webhooks,
    ztunnel: ztunnels[0],
    found: [
      ...part(list.filter(isIstiod), "control-plane", "istiod, Istio's control plane, was read"),
      ...ztunnels,
      ...webhooks.map(
        ({ object, field, name }): ControlPlane => ({
          mesh: "istio",
          part: "injector",
          object,
          field,
          text: `the webhook ${name} adds sidecars`,
        }),
      ),
    ],
  };
}

function isIstiod({ labels, workload: { pod } }: PodEndpoint): boolean {
  return labels.app === "istiod" && pod.containers.some(({ name }) => name === "discovery");
}

function isZtunnel({ labels, workload: { object } }: PodEndpoint): boolean {
  return object.kind === "DaemonSet" && (labels.app === "ztunnel" || labels["app.kubernetes.io/name"] === "ztunnel");
}
