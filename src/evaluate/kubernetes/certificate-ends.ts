/** Until when certificates of manifests are valid, and of which nobody knows it. */

import type { CertificateEnd } from "../../checks/cluster/kubernetes/cluster-check.ts";
import { clip } from "../../checks/findings/one-line.ts";
import { someOf } from "../../core/counted.ts";
import type { Gap } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { Problem } from "../../core/problem.ts";
import { readCertificates } from "../../engines/certificates/read.ts";
import {
  describeObject,
  type Manifests,
  nameOfSecret,
  type Secret,
  targetsOf,
} from "../../engines/kubernetes/model.ts";
import { statedSecretValues } from "../../engines/kubernetes/secret-values.ts";
import { isPlaceholder } from "../../engines/secrets/placeholder.ts";

const TLS = "kubernetes.io/tls";
const CERTIFICATE = "tls.crt";
/** So many are named. */
const NAMED = 5;

export function certificateEnds(
  { secrets, externalSecrets }: Pick<Manifests, "secrets" | "externalSecrets">,
  { policy }: { readonly policy: Policy },
): { readonly ends: readonly CertificateEnd[]; readonly gaps: readonly Gap[] } {
  const ends: CertificateEnd[] = [];
  const inward = externalSecrets.filter(({ direction }) => direction === "in");
  const isKept = targetsOf(inward);
  for (const { object, expires } of inward) {
    if (expires !== undefined) ends.push({ object, path: ["status"], ends: new Date(expires) });
  }
  const unread: Secret[] = [];
  const unknown: Secret[] = [];
  for (const secret of secrets) {
    if (secret.type !== TLS || !secret.keys.includes(CERTIFICATE)) continue;
    if (secret.object.source.kind === "cluster") {
      if (!isKept(nameOfSecret(secret.object))) unknown.push(secret);
      continue;
    }
    const value = statedSecretValues(secret.object).find(({ key }) => key === CERTIFICATE);
    if (value === undefined || isFilledIn(value.text)) continue;
    const end = endOf(value.text, secret);
    if (end !== undefined) ends.push({ object: secret.object, path: value.field, ends: end });
    else if (!isPlaceholder(value.text, value.text)) unread.push(secret);
  }
  const { maxAgeDays, types } = policy.rotation.secrets;
  // Who states no age asks for none: most clusters have certificates that others keep up.
  const asked = maxAgeDays !== undefined || Object.hasOwn(types ?? {}, TLS) ? unknown : [];
  return {
    ends: [...ends, ...[...asked, ...unread].map(({ object }) => ({ object, path: ["data"] }))],
    gaps: [
      ...gapOf(asked, "values of a cluster's Secrets are not read, so that nobody knows until when they are valid:"),
      ...gapOf(unread, "no certificate can be read in"),
    ],
  };
}

/** What stands there is put in its place before it is applied: templates, variables, values that SOPS or Vault keep. */
function isFilledIn(text: string): boolean {
  return text.trim() === "" || /\{\{|\$\{|\$\(|^\s*(?:ENC\[|ref\+|vault:|<[^>]*>\s*$)/.test(text.slice(0, 2_048));
}

/** Of the first: the server's own. */
function endOf(pem: string, { object }: Secret): Date | undefined {
  try {
    return readCertificates(pem, describeObject(object))[0]?.notAfter;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function gapOf(secrets: readonly Secret[], reason: string): Gap[] {
  if (secrets.length === 0) return [];
  const names = someOf(secrets, NAMED, ({ object }) => clip(describeObject(object)));
  return [{ code: "kubernetes.certificate-end", reason: `${reason} ${names}` }];
}
