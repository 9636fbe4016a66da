/** Which cluster answers, whatever it is called and however it is reached. */

import { createHash, X509Certificate } from "node:crypto";
import { isEvidenceProblem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import type { ClusterClient, Plain } from "./client.ts";
import type { ClusterConnection } from "./connection.ts";

/** The namespace that every cluster has from its first start, and that nobody can delete. */
const NAMESPACE = "kube-system";
const PATH = "/api/v1/namespaces";

/** The UID of a namespace, where it is the one that tells clusters apart. */
export function uidOfCluster({ metadata }: Plain): string | undefined {
  if (!isObject(metadata) || metadata.name !== NAMESPACE || typeof metadata.uid !== "string") return undefined;
  return /^[0-9a-f-]{8,64}$/i.test(metadata.uid) ? metadata.uid.toLowerCase() : undefined;
}

/** Asks for it where the namespaces were not listed; undefined where that is refused too. */
export async function readClusterUid(client: ClusterClient): Promise<string | undefined> {
  for (const path of [`${PATH}?fieldSelector=metadata.name%3D${NAMESPACE}&limit=1`, `${PATH}/${NAMESPACE}`]) {
    const answer = await answerOf(client, path);
    if (answer?.status !== 200) continue;
    const { body } = answer;
    const [found = body] = Array.isArray(body.items) ? body.items : [];
    const uid = isObject(found) ? uidOfCluster(found) : undefined;
    if (uid !== undefined) return uid;
  }
  return undefined;
}

/** Who answers otherwise than an API server does tells no UID: it is known by its address then. */
async function answerOf(client: ClusterClient, path: string) {
  try {
    return await client.get(path);
  } catch (error) {
    if (isEvidenceProblem(error)) return undefined;
    throw error;
  }
}

/** `host:port/path`, and a digest of the authorities that may sign for it; what they are written like does not count. */
export function addressOf({ server, authorities, unverified }: ClusterConnection): {
  readonly server: string;
  readonly authorities: string;
} {
  const port = server.port || (server.protocol === "https:" ? "443" : "80");
  const path = server.pathname.replaceAll(/\/{2,}/g, "/").replace(/\/$/, "");
  return {
    server: `${server.hostname}:${port}${path}`,
    authorities: unverified ? "unverified" : digestOf(authorities),
  };
}

function digestOf(authorities: string | undefined): string {
  if (authorities === undefined) return "system";
  const written = authorities.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const certificates = written.map((pem) => {
    try {
      return new X509Certificate(pem).fingerprint256;
    } catch {
      return pem.replaceAll(/\s/g, "");
    }
  });
  const all = certificates.length === 0 ? [authorities.trim()] : [...new Set(certificates)].sort();
  return createHash("sha256").update(JSON.stringify(all)).digest("hex").slice(0, 32);
}
