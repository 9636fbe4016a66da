/** Certificates: OpenPGP's public keys with all that is said of them, read and not verified. */
import { bounds as contentsBounds } from "../../contents/bounds.ts";
import { bounds } from "../bounds.ts";
import { dearmor } from "./armor.ts";
import { type Packet, type Packets, PUBLIC_KEY, PUBLIC_SUBKEY, readPackets, SIGNATURE, USER_ID } from "./packets.ts";
import { type PublicKey, readPublicKey } from "./public-key.ts";
import { claimOf, isBelowCurve, readSignature, type Signature } from "./signature.ts";

/** One certificate, read and not judged yet. */
export interface Certificate {
  readonly primary: PublicKey;
  /** The first user id; for showing. */
  readonly owner: string;
  readonly statements: readonly Statement[];
  readonly subkeys: readonly { readonly key: PublicKey; readonly signatures: readonly Signature[] }[];
  /** Why none of its keys counts: it says something of itself that is not read here, and GnuPG may read. */
  readonly doubt?: string;
}

/** A signature over the primary key, alone or with a user id. */
export interface Statement {
  readonly signature: Signature;
  /** Which of the user ids, and its bytes. */
  readonly about?: { readonly userId: Buffer };
}

export const DIRECT = 0x1f;
export const KEY_REVOCATION = 0x20;

/** GnuPG reads no longer ones. */
const USER_ID_BYTES = 2_048;
/** GnuPG writes it in its own key rings, behind whatever it is about. */
const TRUST = 12;
const USER_ATTRIBUTE = 17;

/** Made by a version or with a hash that is not read here, it may say that the key is no longer good. */
const UNREAD = "says something of itself that cannot be read";

/**
 * The certificates of a key ring file, armored or not. None where anything in it is broken, cut off or before the first
 * primary key: that may be a revocation, and of how far one may still read GnuPG has its own idea.
 */
export function readKeyring(bytes: Buffer): Certificate[] {
  const armored = bytes.subarray(0, 4096).includes("-----BEGIN PGP");
  const rings = armored ? dearmor(bytes.toString("latin1"), "PGP PUBLIC KEY BLOCK") : [bytes];
  return rings.flatMap((ring) => certificatesOf(readPackets(ring)));
}

function certificatesOf({ packets, whole }: Packets): Certificate[] {
  const found: Certificate[] = [];
  if (!whole || packets[0]?.tag !== PUBLIC_KEY) return [];
  for (let start = 0; start < packets.length && found.length < bounds.openpgpCertificates; start++) {
    let end = start + 1;
    while (end < packets.length && packets[end]?.tag !== PUBLIC_KEY) end++;
    const certificate = certificateOf(packets.slice(start, end));
    if (certificate === undefined) return [];
    found.push(certificate);
    start = end - 1;
  }
  return found;
}

/**
 * The primary key, user ids and subkeys, in that order (RFC 9580, section 10.1), each with its signatures behind it.
 *
 * Undefined where a packet of it is broken.
 */
function certificateOf([first, ...rest]: readonly Packet[]): Certificate | undefined {
  const primary = first === undefined ? undefined : readPublicKey(first.body);
  if (primary === undefined) return undefined;
  const statements: Statement[] = [];
  const subkeys: { key: PublicKey; signatures: Signature[] }[] = [];
  let owner = "";
  let doubt: string | undefined;
  let about: { readonly userId: Buffer } | undefined;
  let subkey: (typeof subkeys)[number] | undefined;
  let isBeforeIds = true;
  for (const { tag, body } of rest) {
    if (tag === USER_ID) {
      if (body.length > USER_ID_BYTES || subkey !== undefined) return undefined;
      isBeforeIds = false;
      about = { userId: body };
      owner ||= body.toString("utf8").slice(0, contentsBounds.declaredTextLength);
    } else if (tag === PUBLIC_SUBKEY) {
      const key = readPublicKey(body);
      if (key === undefined || subkeys.length >= bounds.openpgpSubkeys) return undefined;
      subkey = { key, signatures: [] };
      subkeys.push(subkey);
    } else if (tag === SIGNATURE) {
      const signature = readSignature(body);
      if (signature === undefined) {
        const claim = claimOf(body);
        if (claim === undefined) return undefined;
        if (claim.issuer === primary.keyId) doubt = UNREAD;
        continue;
      }
      // Of others' certifications there may be thousands: they say nothing about what the key may do.
      if (!isFrom(signature, primary)) {
        if (signature.type === KEY_REVOCATION) doubt = "may have been revoked by another";
        continue;
      }
      const { embedded } = signature;
      const isWeakBack = subkey !== undefined && embedded !== undefined && isBelowCurve(embedded, subkey.key);
      if (isBelowCurve(signature, primary) || isWeakBack) {
        doubt = "says something of itself with a hash that is weaker than the key";
      } else if (subkey !== undefined && signature.type !== KEY_REVOCATION) subkey.signatures.push(signature);
      // What is said of the key alone stands before the first user id; of a revocation it does not matter where.
      else if (
        signature.type === KEY_REVOCATION ||
        (subkey === undefined && (signature.type !== DIRECT || isBeforeIds))
      ) {
        statements.push({ signature, ...(about === undefined ? {} : { about }) });
      }
    } else if (tag === USER_ATTRIBUTE) {
      about = undefined;
      isBeforeIds = false;
    } else if (tag !== TRUST) return undefined;
  }
  return { primary, owner, statements, subkeys, ...(doubt === undefined ? {} : { doubt }) };
}

/** Most of a key ring has nothing to do with a signature, and is not verified for it. */
export function concerns({ primary, subkeys }: Certificate, signature: Signature): boolean {
  return isFrom(signature, primary) || subkeys.some(({ key }) => isFrom(signature, key));
}

/** By the key's id, as GnuPG looks for it; a fingerprint that is another's makes the signature wrong, not foreign. */
export function isFrom({ issuer }: Signature, key: PublicKey): boolean {
  return issuer === key.keyId;
}
