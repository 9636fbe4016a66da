/** The certificate that clients are shown, from files that somebody else keeps, as cert-manager does. */
import { readFileSync, statSync } from "node:fs";
import { Problem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";
import { bounds } from "../../../engines/certificates/bounds.ts";
import type { CertificatePair } from "../../../engines/certificates/model.ts";
import { readServerCertificate } from "../../../engines/certificates/read.ts";

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface ReadCertificate {
  readonly pair: CertificatePair;
  readonly notAfter: Date;
}

/** A key of another certificate is a Problem: the next look finds both. @throws Problem */
export function readCertificatePair(files: CertificateFiles): ReadCertificate {
  const pair = { certificate: read(files.certificate), key: read(files.key) };
  const [leaf] = readServerCertificate(pair, files.certificate);
  return { pair, notAfter: leaf.notAfter };
}

function read(path: string): string {
  try {
    if (statSync(path).size <= bounds.pemBytes) return readFileSync(path, "utf8");
  } catch (error) {
    throw unreadable(path, systemCause(error));
  }
  throw unreadable(path, `larger than ${bounds.pemBytes} bytes`);
}

function unreadable(place: string, cause: string): Problem {
  return new Problem({ kind: "usage", code: "certificate.unreadable", place, cause });
}
