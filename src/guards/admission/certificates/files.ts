/** Certificates from files that somebody else keeps, as cert-manager does: read anew at each look. */
import { readFileSync, statSync } from "node:fs";
import { Problem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";
import { bounds } from "../../../engines/certificates/bounds.ts";
import type { CertificateFacts } from "../../../engines/certificates/model.ts";
import { readCertificates, readServerCertificate } from "../../../engines/certificates/read.ts";
import type { CertificateSource } from "./keeper.ts";
import type { WebhookAnchor } from "./model.ts";

export interface CertificateFiles {
  /** In PEM: the leaf first. */
  readonly certificate: string;
  readonly key: string;
  /** Whom webhooks are to trust; absent: somebody else tells them. */
  readonly authority?: string;
  /** How long webhooks go on to trust what they did: replicas do not see new files at the same time. */
  readonly overlapMilliseconds: number;
}

/**
 * A volume of a Secret is exchanged whole, other files one by one: a key that is not the certificate's is a Problem, and the
 * next look finds both.
 */
export function certificatesOfFiles(files: CertificateFiles): CertificateSource {
  return {
    async offer(now, anchors) {
      try {
        const pair = { certificate: read(files.certificate), key: read(files.key) };
        const [leaf] = readServerCertificate(pair, files.certificate);
        if (files.authority === undefined) return { pair, done: [] };
        const authorities = readCertificates(read(files.authority), files.authority);
        if (authorities.length === 0) throw unreadable(files.authority, "no certificate in PEM form");
        const youngest = Math.max(...[leaf, ...authorities].map(({ notBefore }) => notBefore.getTime()));
        const isFresh = now.getTime() - youngest < files.overlapMilliseconds;
        const former = isFresh ? (anchors ?? []).flatMap(anchored).filter(({ notAfter }) => notAfter > now) : [];
        return { pair, bundle: unique([...authorities, ...former]), done: [] };
      } catch (error) {
        if (error instanceof Problem) return error;
        throw error;
      }
    },
  };
}

function anchored({ caBundle, place }: WebhookAnchor): CertificateFacts[] {
  try {
    return readCertificates(caBundle, place);
  } catch {
    return [];
  }
}

function unique(certificates: readonly CertificateFacts[]): string {
  return [...new Map(certificates.map(({ fingerprint, pem }) => [fingerprint, pem])).values()].join("");
}

function read(path: string): string {
  try {
    if (statSync(path).size > bounds.pemBytes) throw unreadable(path, `larger than ${bounds.pemBytes} bytes`);
    return readFileSync(path, "utf8");
  } catch (error) {
    throw error instanceof Problem ? error : unreadable(path, systemCause(error));
  }
}

function unreadable(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "certificate.unreadable", place, cause });
}
