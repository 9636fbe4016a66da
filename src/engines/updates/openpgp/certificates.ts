/** Certificates (OpenPGP's public keys with all that is said of them), and which of their keys may sign what. */
import { bounds } from "../../../core/bounds.ts";
import { dearmor } from "./armor.ts";
import { type Packet, PUBLIC_KEY, PUBLIC_SUBKEY, readPackets, SIGNATURE, USER_ID } from "./packets.ts";
import { type PublicKey, readPublicKey } from "./public-key.ts";
import { isMadeBy, readSignature, type Signature } from "./signature.ts";

/** One certificate, read and not judged yet. */
export interface Certificate {
  readonly primary: PublicKey;
  /** The first user id; for showing. */
  readonly owner: string;
  readonly statements: readonly Statement[];
  readonly subkeys: readonly { readonly key: PublicKey; readonly signatures: readonly Signature[] }[];
}

/** A signature over the primary key, alone or with a user id. */
interface Statement {
  readonly signature: Signature;
  readonly userId?: Buffer;
}

const DIRECT = 0x1f;
const SUBKEY_BINDING = 0x18;
const PRIMARY_BINDING = 0x19;
const KEY_REVOCATION = 0x20;
const SUBKEY_REVOCATION = 0x28;
const MAY_SIGN = 0x02;

/** The certificates of a key ring file, armored or not. */
export function readKeyring(bytes: Buffer): Certificate[] {
  const armored = bytes.subarray(0, 4096).includes("-----BEGIN PGP");
  const rings = armored ? dearmor(bytes.toString("latin1"), "PGP PUBLIC KEY BLOCK") : [bytes];
  return rings.flatMap((ring) => certificatesOf(readPackets(ring)));
}

function certificatesOf(packets: readonly Packet[]): Certificate[] {
  const found: Certificate[] = [];
  for (let start = 0; start < packets.length && found.length < bounds.openpgpCertificates; start++) {
    if (packets[start]?.tag !== PUBLIC_KEY) continue;
    let end = start + 1;
    while (end < packets.length && packets[end]?.tag !== PUBLIC_KEY) end++;
    const certificate = certificateOf(packets.slice(start, end));
    if (certificate !== undefined) found.push(certificate);
    start = end - 1;
  }
  return found;
}

function certificateOf([first, ...rest]: readonly Packet[]): Certificate | undefined {
  const primary = first === undefined ? undefined : readPublicKey(first.body);
  if (primary === undefined) return undefined;
  const statements: Statement[] = [];
  const subkeys: { key: PublicKey; signatures: Signature[] }[] = [];
  let owner = "";
  let about: { userId?: Buffer; subkey?: Signature[] } | undefined = {};
  for (const { tag, body } of rest) {
    if (tag === USER_ID) {
      about = { userId: body };
      owner ||= body.toString("utf8").slice(0, bounds.declaredTextLength);
    } else if (tag === PUBLIC_SUBKEY) {
      const key = readPublicKey(body);
      const signatures: Signature[] = [];
      if (key !== undefined && subkeys.length < bounds.openpgpSubkeys) subkeys.push({ key, signatures });
      about = key === undefined ? undefined : { subkey: signatures };
    } else if (tag === SIGNATURE) {
      const signature = about === undefined ? undefined : readSignature(body);
      // Of others' certifications there may be thousands: they say nothing about what the key may do.
      if (signature === undefined || about === undefined || !isFrom(signature, primary)) continue;
      if (about.subkey !== undefined) about.subkey.push(signature);
      else statements.push({ signature, ...(about.userId === undefined ? {} : { userId: about.userId }) });
    } else about = undefined;
  }
  return { primary, owner, statements, subkeys };
}

/** Most of a key ring has nothing to do with a signature, and is not verified for it. */
export function concerns({ primary, subkeys }: Certificate, signature: Signature): boolean {
  return isFrom(signature, primary) || subkeys.some(({ key }) => isFrom(signature, key));
}

function isFrom(signature: Signature, key: PublicKey): boolean {
  return signature.issuers.includes(key.fingerprint) || signature.issuers.includes(key.keyId);
}

/** The keys of a certificate that made a signature, by its own word, with why each may not sign where it may not. */
export function keysOf(
  certificate: Certificate,
  signature: Signature,
  now: Date,
): { readonly key: PublicKey; readonly fault?: string }[] {
  const { primary } = certificate;
  const subkeys = certificate.subkeys.filter(({ key }) => isFrom(signature, key));
  const seconds = Math.floor(now.getTime() / 1000);
  const own = primaryFault(certificate, seconds);
  return [
    ...(isFrom(signature, primary) ? [{ key: primary, ...withFault(own.unusable ?? own.fault) }] : []),
    ...subkeys.map(({ key, signatures }) => ({
      key,
      ...withFault(own.unusable ?? subkeyFault(primary, key, signatures, seconds)),
    })),
  ];
}

function withFault(fault: string | undefined): { readonly fault?: string } {
  return fault === undefined ? {} : { fault };
}

/** `unusable` holds for the subkeys too; `fault` for the primary key alone. */
function primaryFault({ primary, statements }: Certificate, now: number): { unusable?: string; fault?: string } {
  const tried = statements.slice(0, bounds.openpgpStatements);
  const valid = tried.filter(({ signature, userId }) => {
    if (signature.type === KEY_REVOCATION || signature.type === DIRECT) {
      return isStatement(signature, now) && isMadeBy(signature, primary, [primary.hashed]);
    }
    if (userId === undefined || signature.type < 0x10 || signature.type > 0x13) return false;
    const prefix = Buffer.from([0xb4, 0, 0, 0, 0]);
    prefix.writeUInt32BE(userId.length, 1);
    return isStatement(signature, now) && isMadeBy(signature, primary, [primary.hashed, prefix, userId]);
  });
  if (valid.some(({ signature }) => signature.type === KEY_REVOCATION)) return { unusable: "was revoked" };
  if (statements.length > tried.length) return { unusable: "has more signatures over itself than are read" };
  // A signature over the key alone may be newer than that with a user id, and say nothing of what the other says:
  // each is asked, and the stricter counts.
  const isDirect = ({ signature }: Statement) => signature.type === DIRECT;
  const over = (statements: readonly Statement[]) => newestOf(statements.map(({ signature }) => signature));
  const newest = [over(valid.filter(isDirect)), over(valid.filter((each) => !isDirect(each)))].filter(
    (signature) => signature !== undefined,
  );
  if (newest.length === 0) return { unusable: "has no valid signature over itself" };
  for (const signature of newest) {
    const expired = expiry(primary, signature, now);
    if (expired !== undefined) return { unusable: expired };
  }
  const mayNot = newest.some(({ keyFlags }) => keyFlags !== undefined && (keyFlags & MAY_SIGN) === 0);
  return mayNot ? { fault: "may not sign" } : {};
}

function subkeyFault(
  primary: PublicKey,
  key: PublicKey,
  signatures: readonly Signature[],
  now: number,
): string | undefined {
  const over = [primary.hashed, key.hashed];
  const tried = signatures.slice(0, bounds.openpgpStatements);
  const valid = tried.filter((signature) => isStatement(signature, now) && isMadeBy(signature, primary, over));
  if (valid.some(({ type }) => type === SUBKEY_REVOCATION)) return "was revoked";
  if (signatures.length > tried.length) return "has more signatures over itself than are read";
  const newest = newestOf(valid.filter(({ type }) => type === SUBKEY_BINDING));
  if (newest === undefined) return "is not bound to its primary key";
  if (newest.keyFlags === undefined || (newest.keyFlags & MAY_SIGN) === 0) return "may not sign";
  const back = newest.embedded;
  // Without it, anybody could claim another's subkey as their own.
  if (back?.type !== PRIMARY_BINDING || back.weak || !isStatement(back, now) || !isMadeBy(back, key, over)) {
    return "does not confirm its primary key";
  }
  return expiry(key, newest, now);
}

/** GnuPG's day: SHA-1 in what a key says of itself counts until then, for old keys have nothing else. */
const SHA1_UNTIL = Date.UTC(2019, 0, 19) / 1000;

function isStatement({ weak, created, expiresAfter }: Signature, now: number): boolean {
  return (!weak || created < SHA1_UNTIL) && (expiresAfter === undefined || created + expiresAfter > now);
}

function newestOf(signatures: readonly Signature[]): Signature | undefined {
  return signatures.reduce<Signature | undefined>(
    (newest, each) => (newest === undefined || each.created > newest.created ? each : newest),
    undefined,
  );
}

function expiry({ created }: PublicKey, { keyExpiresAfter }: Signature, now: number): string | undefined {
  return keyExpiresAfter !== undefined && created + keyExpiresAfter <= now
    ? `expired on ${new Date((created + keyExpiresAfter) * 1000).toISOString().slice(0, 10)}`
    : undefined;
}
