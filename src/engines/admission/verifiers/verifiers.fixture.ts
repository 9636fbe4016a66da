/** Clusters of a few objects, read as an API server lists them. */
import { manifestReader } from "../../kubernetes/manifests.ts";
import type { ImageVerification } from "../verifier-model.ts";
import { known } from "./surroundings.ts";
import { imageVerification } from "./verification.ts";

export interface Around {
  /** `files`: of what is not there nothing is known. */
  readonly read?: "cluster" | "files";
  /** Lists that were refused. */
  readonly short?: readonly string[];
}

/** Of the namespaces among the objects; kube-system is none of them. */
export function verificationIn(
  objects: readonly object[],
  { read = "cluster", short = [] }: Around = {},
): ImageVerification {
  const reader = manifestReader();
  if (read === "cluster") for (const object of objects) reader.object(object, { kind: "cluster", cluster: "test" });
  else for (const [index, object] of objects.entries()) reader.file(`${index}.yaml`, JSON.stringify(object));
  const manifests = reader.manifests();
  const namespaces = manifests.namespaces.map(({ object }) => ({ name: object.name, object }));
  return imageVerification(
    known(manifests, (list) => read === "cluster" && !short.includes(list)),
    namespaces,
  );
}

/** `shop: no: excluded` of each namespace, with the first reason that makes it so. */
export function answersIn(objects: readonly object[], around?: Around): string[] {
  return verificationIn(objects, around).namespaces.map(({ name, answer, reasons }) => {
    const told = reasons.find(({ statement }) => statement.answer === answer)?.statement.reason;
    return `${name}: ${answer}${told === undefined ? "" : `: ${told}`}`;
  });
}

export function namespace(name: string, labels: Readonly<Record<string, string>> = {}): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

export const podRules = [
  { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["pods"] },
];

/** A webhook configuration of one webhook, which a Service of the product's answers. */
export function webhook(product: string, more: object = {}, kind = "Validating"): object {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: `${kind}WebhookConfiguration`,
    metadata: { name: product },
    webhooks: [
      {
        name: `${product}.example.com`,
        failurePolicy: "Fail",
        rules: podRules,
        clientConfig: { service: { namespace: `${product}-system`, name: product } },
        ...more,
      },
    ],
  };
}

/** The Service with as many ready endpoints. */
export function answering(product: string, ready = 1): object[] {
  const namespace = `${product}-system`;
  const conditions = { ready: ready > 0 };
  return [
    { apiVersion: "v1", kind: "Service", metadata: { name: product, namespace }, spec: { ports: [{ port: 443 }] } },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: `${product}-1`, namespace, labels: { "kubernetes.io/service-name": product } },
      addressType: "IPv4",
      endpoints: [{ addresses: ["10.0.0.1"], conditions }],
    },
  ];
}
