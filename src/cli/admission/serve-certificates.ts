/** Where `admission serve` has its certificate from, as its options say. */
import { usageProblem } from "../../core/problem.ts";
import type { ClusterApi } from "../../engines/kubernetes/cluster/client.ts";
import { webhookAnchors } from "../../guards/admission/certificates/anchors.ts";
import { certificatesOfFiles } from "../../guards/admission/certificates/files.ts";
import type { CertificateSource } from "../../guards/admission/certificates/keeper.ts";
import type { WebhookAnchors } from "../../guards/admission/certificates/model.ts";
import { ownCertificates } from "../../guards/admission/certificates/own.ts";
import { certificateSecret } from "../../guards/admission/certificates/secret.ts";
import { names } from "../../guards/admission/deploy/names.ts";
import { readAuthorities } from "../../net/authorities.ts";
import { namedPlace } from "./serve-values.ts";

export interface CertificateOptions {
  readonly webhooks?: string;
  readonly service?: string;
  readonly serverName: readonly string[];
  readonly certificateSecret?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly certificateAuthority?: string;
}

const DAY = 24 * 60 * 60 * 1_000;

/** An authority is renewed each eight months, a certificate each twenty days: often enough that somebody would notice. */
const LIFETIMES = {
  authorityMilliseconds: 365 * DAY,
  leafMilliseconds: 30 * DAY,
  overlapMilliseconds: 10 * 60 * 1_000,
};

/** @throws Problem (usage) where the options say too little, or two things */
export function certificatesOf(
  options: CertificateOptions,
  api: ClusterApi | undefined,
): { readonly certificates: CertificateSource; readonly anchors?: WebhookAnchors } {
  const names = serverNames(options);
  const anchors = anchorsOf(options, api, names[0]);
  return { certificates: sourceOf(options, api, names), ...(anchors === undefined ? {} : { anchors }) };
}

function sourceOf(
  options: CertificateOptions,
  api: ClusterApi | undefined,
  names: readonly string[],
): CertificateSource {
  const { certificateSecret: secret, certificate, key, certificateAuthority: authority } = options;
  if (secret !== undefined) {
    if (certificate !== undefined || key !== undefined || authority !== undefined) {
      throw usageProblem(
        "--certificate-secret",
        "the certificate is made, or of files",
        "leave --certificate and --key out",
      );
    }
    if (api === undefined) throw usageProblem("--certificate-secret", "requires a cluster", "leave --no-cluster out");
    if (names.length === 0)
      throw usageProblem("--certificate-secret", "requires --service", "--service bulkhead/admission");
    return ownCertificates(certificateSecret(api, namedPlace(secret, "--certificate-secret")), { names, ...LIFETIMES });
  }
  if (certificate === undefined || key === undefined) {
    throw usageProblem("admission serve", "no certificate", "use --certificate-secret, or --certificate and --key");
  }
  const { overlapMilliseconds } = LIFETIMES;
  return certificatesOfFiles({
    certificate,
    key,
    ...(authority === undefined ? {} : { authority }),
    overlapMilliseconds,
  });
}

/** As the API server asks for a Service (`NAME.NAMESPACE.svc`), first. */
function serverNames({ service, serverName }: CertificateOptions): string[] {
  if (service === undefined) return [...serverName];
  const { namespace, name } = namedPlace(service, "--service");
  const own = `${name}.${namespace}.svc`;
  return [own, `${own}.cluster.local`, ...serverName];
}

function anchorsOf(
  { webhooks: name }: CertificateOptions,
  api: ClusterApi | undefined,
  serverName: string | undefined,
): WebhookAnchors | undefined {
  if (name === undefined) return undefined;
  if (api === undefined) throw usageProblem("--webhooks", "requires a cluster", "leave --no-cluster out");
  if (serverName === undefined) throw usageProblem("--webhooks", "requires --service", "--service bulkhead/admission");
  const own = [
    { kind: "MutatingWebhookConfiguration", name, webhooks: [names.mutating] },
    { kind: "ValidatingWebhookConfiguration", name, webhooks: [names.validating] },
    { kind: "ValidatingWebhookConfiguration", name, webhooks: [names.excluded] },
  ] as const;
  return webhookAnchors(api, own, serverName);
}

/** @throws Problem (usage) */
export function clientAuthorities(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const read = readAuthorities(path);
  if ("pem" in read) return read.pem;
  throw usageProblem(`--client-ca ${path}`, read.fault);
}
