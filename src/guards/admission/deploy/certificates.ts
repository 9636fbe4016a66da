/** What the certificate comes from. */
import type { DeployObject, DeploySettings } from "./model.ts";
import { labels, names } from "./names.ts";

const ISSUER = "cert-manager.io/v1";

export function certificateObjects(settings: DeploySettings): DeployObject[] {
  switch (settings.certificates) {
    case "own":
      return [
        {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: names.certificate, namespace: settings.namespace, labels: labels() },
          type: "Opaque",
        },
      ];
    case "files":
      return [];
    case "cert-manager":
      return certManager(settings);
  }
}

/** An authority of the namespace's own, and a certificate by it. */
function certManager({ namespace }: DeploySettings): DeployObject[] {
  const authority = "admission-ca";
  const service = `${names.component}.${namespace}.svc`;
  return [
    {
      apiVersion: ISSUER,
      kind: "Issuer",
      metadata: { name: "admission-self-signed", namespace, labels: labels() },
      spec: { selfSigned: {} },
    },
    {
      apiVersion: ISSUER,
      kind: "Certificate",
      metadata: { name: authority, namespace, labels: labels() },
      spec: {
        isCA: true,
        commonName: "bulkhead admission",
        secretName: authority,
        duration: "87600h",
        privateKey: { algorithm: "ECDSA", size: 256 },
        issuerRef: { kind: "Issuer", name: "admission-self-signed" },
      },
    },
    {
      apiVersion: ISSUER,
      kind: "Issuer",
      metadata: { name: authority, namespace, labels: labels() },
      spec: { ca: { secretName: authority } },
    },
    {
      apiVersion: ISSUER,
      kind: "Certificate",
      metadata: { name: names.component, namespace, labels: labels() },
      spec: {
        secretName: names.tls,
        dnsNames: [service, `${service}.cluster.local`],
        duration: "2160h",
        renewBefore: "720h",
        usages: ["server auth"],
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
        issuerRef: { kind: "Issuer", name: authority },
      },
    },
  ];
}
