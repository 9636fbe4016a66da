/** Who signed a cleartext message, or a file with its signatures beside it. Pure. */
import { bounds } from "../bounds.ts";
import { dearmor } from "./armor.ts";
import { type Certificate, concerns, isFrom } from "./certificates.ts";
import { readCleartext } from "./cleartext.ts";
import { keysOf } from "./key-faults.ts";
import { readPackets } from "./packets.ts";
import type { PublicKey } from "./public-key.ts";
import { isMadeBy, type MakerCheck, makerCheck, type Signature, signaturesIn } from "./signature.ts";

export interface Verified extends Signer {
  /** The signed text alone. */
  readonly text: string;
}

export interface Signer {
  /** Of the key that made the signature, hex; and its certificate's. */
  readonly fingerprint: string;
  readonly certificate: string;
  readonly owner: string;
  /** Of the signature. */
  readonly signedAt: Date;
}

const BINARY = 0x00;
const TEXT = 0x01;
/** Seconds that clocks may differ. */
const SKEW = 600;

/**
 * One valid signature of one of the certificates is enough, as it is for apt: archives sign with their old and their
 * new key while one replaces the other. One that is wrong, of a key that is known, makes the message wrong; one of a
 * key that expired or was revoked only does not count.
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
  if (message.signatures.some(({ type }) => type !== TEXT)) return { fault: "has a signature that is not over a text" };
  const { signatures, signed, hashes } = message;
  const isMade: IsMade = (signature, key) => hashes.has(signature.hash) && isMadeBy(signature, key, [signed]);
  const signer = signerOf(signatures, isMade, certificates, now);
  return "fault" in signer ? signer : { ...signer, text: message.text };
}

/**
 * The same of a file with its signatures beside it: armored or not, over the bytes as they are.
 *
 * @param signature - of `repomd.xml.asc`
 */
export function verifyDetached(
  bytes: Buffer,
  signature: Buffer,
  certificates: readonly Certificate[],
  now: Date,
): Signer | { readonly fault: string } {
  const signatures = detachedSignatures(signature);
  if ("fault" in signatures) return signatures;
  return signerOf(signatures, (each, key) => isMadeBy(each, key, [bytes]), certificates, now);
}

/**
 * The same of a file that is too large to be held: its bytes come once, one chunk after another, however many keys may have
 * signed it. All of them are taken, whatever the signature is.
 */
export async function verifyDetachedStream(
  chunks: AsyncIterable<Buffer>,
  signature: Buffer,
  certificates: readonly Certificate[],
  now: Date,
): Promise<Signer | { readonly fault: string }> {
  const signatures = detachedSignatures(signature);
  const checks = "fault" in signatures ? [] : checksOf(signatures, certificates);
  for await (const chunk of chunks) for (const { check } of checks) check.update(chunk);
  if ("fault" in signatures) return signatures;
  const made = checks.filter(({ check }) => check.isMade());
  const isMade: IsMade = (each, key) => made.some((one) => one.signature === each && one.key === key);
  return signerOf(signatures, isMade, certificates, now);
}

interface Candidate {
  readonly signature: Signature;
  readonly key: PublicKey;
  readonly check: MakerCheck;
}

/** At most as many as are tried: where there are more, {@link signerOf} refuses before it asks. */
function checksOf(signatures: readonly Signature[], certificates: readonly Certificate[]): Candidate[] {
  const pairs = signatures.flatMap((signature) =>
    certificates.flatMap(({ primary, subkeys }) =>
      [primary, ...subkeys.map(({ key }) => key)]
        .filter((key) => isFrom(signature, key))
        .map((key) => ({ signature, key })),
    ),
  );
  return pairs.slice(0, bounds.openpgpTries).flatMap(({ signature, key }) => {
    const check = makerCheck(signature, key);
    return check === undefined ? [] : [{ signature, key, check }];
  });
}

function detachedSignatures(signature: Buffer): readonly Signature[] | { readonly fault: string } {
  const armored = signature.subarray(0, 4096).includes("-----BEGIN PGP");
  const blocks = armored ? dearmor(signature.toString("latin1"), "PGP SIGNATURE") : [signature];
  const signatures = signaturesIn(blocks.map(readPackets));
  if ("fault" in signatures) return signatures;
  return signatures.some(({ type }) => type !== BINARY)
    ? { fault: "has a signature that is not over its bytes" }
    : signatures;
}

type IsMade = (signature: Signature, key: PublicKey) => boolean;

function signerOf(
  signatures: readonly Signature[],
  isMade: IsMade,
  certificates: readonly Certificate[],
  now: Date,
): Signer | { readonly fault: string } {
  let fault = "has no signature that can be read";
  let good: Signer | undefined;
  let tries = 0;
  for (const signature of signatures) {
    const concerned = certificates.filter((certificate) => concerns(certificate, signature));
    tries += concerned.length;
    if (tries > bounds.openpgpTries) return { fault: "has more keys to try than are tried" };
    const keys = concerned.flatMap((certificate) =>
      keysOf(certificate, signature, now).map((each) => ({ ...each, certificate })),
    );
    if (keys.length === 0) {
      fault = `${UNTRUSTED} (${signature.issuerFingerprint ?? signature.issuer})`;
      continue;
    }
    const makers = keys.filter(({ key }) => isNamed(signature, key) && isMade(signature, key));
    if (makers.length === 0) {
      const isUnread = keys.every(({ key }) => key.verifies.name === "unread");
      return {
        fault: isUnread
          ? "is signed by a key that is too weak, or of a kind that is not read"
          : "has a signature that does not fit its content",
      };
    }
    const wrong = signatureFault(signature, now);
    // Of a key with several certificates the first counts, as for GnuPG; but it may be older than a revocation.
    const maker = makers.find(({ lapsed }) => lapsed === "revoked") ?? makers[0];
    const { key, certificate, fault: keyFault, lapsed } = maker as (typeof makers)[number];
    if (key.created > signature.created) return { fault: "has a signature that is older than its key" };
    if (keyFault !== undefined) {
      fault = `is signed by a key that ${keyFault}`;
      if (lapsed === undefined) return { fault };
    } else if (wrong !== undefined) fault = wrong;
    else {
      good ??= {
        fingerprint: key.fingerprint,
        certificate: certificate.primary.fingerprint,
        owner: certificate.owner,
        signedAt: new Date(signature.created * 1000),
      };
    }
  }
  return good ?? { fault };
}

/** How the fault of a message begins whose signers are all unknown: it may be good by a key that nobody named. */
export const UNTRUSTED = "is signed by a key that is not trusted";

function isNamed({ issuerFingerprint }: Signature, { fingerprint }: PublicKey): boolean {
  return issuerFingerprint === undefined || issuerFingerprint === fingerprint;
}

function signatureFault({ weak, created, expires }: Signature, now: Date): string | undefined {
  const seconds = now.getTime() / 1000;
  if (weak) return "is signed with SHA-1, which proves nothing any more";
  if (created > seconds + SKEW) return "was signed in the future";
  if (expires !== undefined && expires <= seconds) return "has a signature that expired";
  return undefined;
}
