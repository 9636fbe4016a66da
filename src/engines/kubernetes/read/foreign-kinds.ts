/** What is known of kinds that no reader here knows: which of them name pods and images and run none. */
import type { KubernetesObject } from "../object-model.ts";

type Kind = Pick<KubernetesObject, "group" | "kind">;

/** Groups whose objects hold patterns, reports or past states of pods: what looks like one there is none. */
const OF_PODS_OF_OTHERS: readonly string[] = [
  // Patterns of policies: `containers: [{ image: "!*:latest" }]`.
  "kyverno.io",
  "gatekeeper.sh",
  "policy.sigstore.dev",
  "validate.open-policy-agent.io",
  // Reports.
  "wgpolicyk8s.io",
  "openreports.io",
  "aquasecurity.github.io",
  "kubescape.io",
  "softwarecomposition.kubescape.io",
  "metrics.k8s.io",
  // What kustomize and other programs of a developer read, and no API server.
  "kustomize.config.k8s.io",
  "kuttl.dev",
];

/** Those whose images are mirrored, built, watched or booted, and run by nobody as containers of a pod. */
const OF_IMAGES_ALONE: readonly string[] = [
  "image.toolkit.fluxcd.io",
  "image.openshift.io",
  "build.openshift.io",
  "config.openshift.io",
  "imageregistry.operator.openshift.io",
  "kpack.io",
  "mirror.openshift.io",
  // Nodes of a test cluster, and what a developer's programs build.
  "kind.x-k8s.io",
  "k3d.io",
  "skaffold",
  "ctlptl.dev",
  // Images of machines.
  "cluster.x-k8s.io",
  "metal3.io",
  "machine.openshift.io",
  "machineconfiguration.openshift.io",
  "karpenter.sh",
  "karpenter.k8s.aws",
  "crossplane.io",
  "upbound.io",
  "cnrm.cloud.google.com",
];

/** `policies.kyverno.io` is one of `kyverno.io`. */
function isOf(group: string, groups: readonly string[]): boolean {
  return groups.some((one) => group === one || group.endsWith(`.${one}`));
}

/** Nothing in it is a pod. */
export function namesPodsOnly({ group, kind }: Kind): boolean {
  // A ControllerRevision is what a DaemonSet or StatefulSet was: what it is now is judged itself.
  return isOf(group, OF_PODS_OF_OTHERS) || (group === "apps" && kind === "ControllerRevision");
}

/** Pods may stand in it; an image by itself is none. */
export function ofImagesAlone({ group, kind }: Kind): boolean {
  return isOf(group, OF_IMAGES_ALONE) || (group === "argoproj.io" && (kind === "Application" || kind === "AppProject"));
}

/** Kinds whose containers are put into pods of others (OpenKruise, Kubeflow). */
const PATCHES: ReadonlySet<string> = new Set([
  "apps.kruise.io/SidecarSet",
  "kubeflow.org/PodDefault",
  "settings.k8s.io/PodPreset",
]);

export function patchesPods({ group, kind }: Kind): boolean {
  return PATCHES.has(`${group}/${kind}`);
}

/** Pictures and disks are called `image` too. */
const OTHER_FILE = /\.(?:png|jpe?g|gif|svg|webp|ico|iso|img|raw|qcow2|vmdk|vhdx?|ova|tar|gz|xz|zip|bin)$/i;

/** Whether it may be the name of an image of containers. */
export function isImageName(text: string): boolean {
  const bare = text.replace(/^(?:docker|oci|oci-image|docker-image):\/\//, "");
  return (
    /^[\w$({][^\s]{0,1000}$/.test(bare) && !bare.includes("://") && !bare.startsWith("data:") && !OTHER_FILE.test(bare)
  );
}
