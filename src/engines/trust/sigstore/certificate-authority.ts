/** A certificate of Fulcio's kind at the times that are vouched for, by the library: its way to the root, and its logs. */
import { X509Certificate } from "@sigstore/core";
import { type SignedEntity, Verifier } from "@sigstore/verify";
import { refusalOf, refused } from "../refusal.ts";
import { type Certificate, isSelfIssued } from "../x509/read.ts";
import { isoTime } from "../x509/rules.ts";
import { refuseOtherUse, titleOf } from "../x509/signer-certificate.ts";
import type { UsableRoot } from "./root.ts";

/** Why a certificate does not count, and at which of two steps. */
export type CertificateVerdict =
  | { readonly outcome: "holds" }
  | { readonly outcome: "fails"; readonly step: "signer" | "certificate-log"; readonly error: Error };

export interface CertificateQuestion {
  readonly certificate: Certificate;
  /** What came along with it. The library looks for issuers in the root alone, so that these must be the root's own. */
  readonly chain: readonly Certificate[];
  /** Milliseconds since 1970; never empty. */
  readonly times: readonly number[];
}

export function verifyByRoot(root: UsableRoot, { certificate, chain, times }: CertificateQuestion): CertificateVerdict {
  try {
    refuseOtherUse(certificate, times);
    for (const issuer of chain) {
      if (root.authorities.some(({ bytes }) => bytes.equals(issuer.bytes))) continue;
      const what = isSelfIssued(issuer) ? "a root" : "an authority";
      throw refused("trust.certificate", `the certificate chain contains ${what} that ${root.name} does not have`);
    }
  } catch (error) {
    return { outcome: "fails", step: "signer", error: error as Error };
  }
  try {
    new Verifier(root.library, {
      timestampThreshold: times.length,
      tlogThreshold: 0,
      ctlogThreshold: root.hasCertificateLogs ? 1 : 0,
    }).verify(entityOf(certificate, times));
    return { outcome: "holds" };
  } catch (error) {
    const { reason } = refusalOf(error, "trust.certificate");
    const isOfLog = /\bSCTs?\b/.test(reason);
    return isOfLog
      ? {
          outcome: "fails",
          step: "certificate-log",
          error: refused("trust.certificate-log", logReason(reason, root.name)),
        }
      : { outcome: "fails", step: "signer", error: signerRefusal(error, certificate, root, times) };
  }
}

function logReason(reason: string, root: string): string {
  return `no certificate log of ${root} vouches for the certificate (${reason})`;
}

/** The library says only that there is no path: the usual reason is that an authority was not trusted at the time. */
function signerRefusal(error: unknown, certificate: Certificate, root: UsableRoot, times: readonly number[]): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
  const own = error instanceof Error ? error.message : String(error);
  const at = times.map(isoTime).join(", ");
  const why = cause === "" ? `${own}; its authorities may not be trusted at ${at}` : cause;
  return refused("trust.certificate", `${titleOf(certificate)} does not lead to ${root.name}: ${why}`);
}

/**
 * The times are verified before this, and the signature is after it: the library is handed the times as those of logs, and
 * finds no signature to look at.
 */
function entityOf({ bytes }: Certificate, times: readonly number[]): SignedEntity {
  return {
    key: { $case: "certificate", certificate: X509Certificate.parse(Buffer.from(bytes)) },
    timestamps: times.map((time, i) => ({
      $case: "transparency-log",
      tlogEntry: {
        logIndex: String(i),
        logId: { keyId: Buffer.from([i]) },
        kindVersion: { kind: "", version: "" },
        integratedTime: String(Math.floor(time / 1000)),
        inclusionPromise: { signedEntryTimestamp: Buffer.alloc(0) },
        inclusionProof: undefined,
        canonicalizedBody: Buffer.alloc(0),
      },
    })),
    tlogEntries: [],
    signature: {
      signature: Buffer.alloc(0),
      compareDigest: () => false,
      compareSignedDigest: () => false,
      compareSignature: () => false,
      verifySignature: () => true,
    },
  };
}
