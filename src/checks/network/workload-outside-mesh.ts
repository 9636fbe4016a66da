import { clip } from "../findings/one-line.ts";
import { networkNamespaceCheck } from "./reach/namespace-check.ts";
import { countedOf } from "./reach/words.ts";

/** Workloads whose traffic no service mesh encrypts (Istio, "Mutual TLS authentication"; Linkerd, "Automatic mTLS"). */
export const workloadOutsideMesh = networkNamespaceCheck({
  name: "workload-outside-mesh",
  title: "Workloads outside a service mesh",
  severity: "high",
  controls: [10],
  documentation: {
    what: "Checks which workloads of an application's namespace are in Istio (sidecars or ambient) or Linkerd: by the proxies of pods that were read, else by labels and annotations together with an injector or ztunnel that was read. Labels alone, without anything that acts on them, leave it unknown. WireGuard and IPsec between nodes are not counted as mTLS: they authenticate nodes and leave out traffic within one. Not reported: the cluster's own namespaces. Severity: high; low where the policy says `network.mesh.mtls: optional`.",
    why: "Anyone who is on the network between two pods reads and changes what they send, and anyone can claim to be the client.",
    fix: "Add the namespace to a mesh: label it `istio-injection=enabled`, or `istio.io/dataplane-mode=ambient`, or annotate it `linkerd.io/inject: enabled`, and restart its workloads.",
    references: [
      "https://istio.io/latest/docs/concepts/security/#mutual-tls-authentication",
      "https://linkerd.io/2/features/automatic-mtls/",
    ],
  },
  part: "mesh",
  *detect({ name, object, workloads }, { mtls }) {
    const outside = workloads.filter(({ mesh }) => mesh.member === "no");
    if (outside.length === 0) return;
    const names = outside.map((workload) => workload.name);
    yield {
      object,
      path: [],
      subject: "mesh",
      severity: mtls === "strict" ? "high" : "low",
      title:
        outside.length === workloads.length
          ? `No workload of namespace ${clip(name)} is in a service mesh`
          : `${outside.length} of ${workloads.length} workloads of namespace ${clip(name)} are outside the service mesh`,
      fix: "add the namespace to a mesh (istio-injection=enabled, istio.io/dataplane-mode=ambient or linkerd.io/inject) and restart its workloads",
      evidence: { workloads: countedOf(names, workloads.length) },
    };
  },
});
