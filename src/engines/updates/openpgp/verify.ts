/** Who signed a cleartext message. Pure. */
import { bounds } from "../../../core/bounds.ts";
import { type Certificate, concerns, keysOf } from "./certificates.ts";
import { readCleartext } from "./cleartext.ts";
import { isMadeBy, type Signature } from "./signature.ts";

export interface Verified {
  /** The signed text alone. */
  readonly text: string;
  /** Of the key that made the signature, hex; and its certificate's. */
  readonly fingerprint: string;
  readonly certificate: string;
  readonly owner: string;
  /** Of the signature. */
  readonly signedAt: Date;
}

const TEXT = 0x01;
/** Seconds that clocks may differ. */
const SKEW = 600;

/**
 * One valid signature of one of the certificates is enough, as it is for apt: archives sign with their old and their
 * new key while one replaces the other.
 *
 * @returns what was signed and by whom, or why not as the end of a sentence about the file
 */
export function verifyCleartext(
  bytes: Buffer,
  certificates: readonly Certificate[],
  now: Date,
): Verified | { readonly fault: string } {
  const message = readCleartext(bytes);
  if ("fault" in message) return message;
  let fault = "has no signature that can be read";
  let tries = 0;
  for (const signature of message.signatures) {
    fault = `is signed by a key that is not trusted (${signature.issuers[0] ?? "unnamed"})`;
    const wrong = signatureFault(signature, now);
    for (const certificate of certificates) {
      if (!concerns(certificate, signature)) continue;
      if (++tries > bounds.openpgpTries) return { fault: "has more keys to try than are tried" };
      for (const { key, fault: keyFault } of keysOf(certificate, signature, now)) {
        if (!isMadeBy(signature, key, [message.signed])) {
          fault = "has a signature that does not fit its content";
          continue;
        }
        const reason = wrong ?? (keyFault === undefined ? undefined : `is signed by a key that ${keyFault}`);
        if (reason === undefined) {
          return {
            text: message.text,
            fingerprint: key.fingerprint,
            certificate: certificate.primary.fingerprint,
            owner: certificate.owner,
            signedAt: new Date(signature.created * 1000),
          };
        }
        fault = reason;
      }
    }
  }
  return { fault };
}

function signatureFault({ type, weak, created, expiresAfter }: Signature, now: Date): string | undefined {
  const seconds = now.getTime() / 1000;
  if (type !== TEXT) return "has a signature that is not over a text";
  if (weak) return "is signed with SHA-1, which proves nothing any more";
  if (created > seconds + SKEW) return "was signed in the future";
  if (expiresAfter !== undefined && created + expiresAfter <= seconds) return "has a signature that expired";
  return undefined;
}
