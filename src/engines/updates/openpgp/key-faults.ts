/** Which keys of a certificate may sign, by what it says of itself. */
import { bounds } from "../bounds.ts";
import { type Certificate, DIRECT, isFrom, KEY_REVOCATION, type Statement } from "./certificates.ts";
import type { PublicKey } from "./public-key.ts";
import { endOf, isMadeBy, type Signature } from "./signature.ts";

const SUBKEY_BINDING = 0x18;
const PRIMARY_BINDING = 0x19;
const SUBKEY_REVOCATION = 0x28;
const USER_ID_REVOCATION = 0x30;
const MAY_SIGN = 0x02;

export interface KeyOf {
  readonly key: PublicKey;
  /** Why it may not sign, as the end of a sentence about it. */
  readonly fault?: string;
  /** It was good once: another key's signature beside its own may still count. */
  readonly lapsed?: "revoked" | "expired";
}

/** The keys of a certificate that made a signature, by its own word, with why each may not sign where it may not. */
export function keysOf(certificate: Certificate, signature: Signature, now: Date): KeyOf[] {
  const { primary } = certificate;
  const subkeys = certificate.subkeys.filter(({ key }) => isFrom(signature, key));
  const twice = subkeys.length > 1 ? { fault: "is in its certificate twice" } : undefined;
  const seconds = Math.floor(now.getTime() / 1000);
  const own = primaryFault(certificate, seconds);
  return [
    ...(isFrom(signature, primary) ? [{ key: primary, ...(own.unusable ?? own.fault) }] : []),
    ...subkeys.map(({ key, signatures }) => ({
      key,
      ...(twice ?? subkeyFault(primary, key, signatures, seconds, own.unusable)),
    })),
  ];
}

type Fault = Required<Pick<KeyOf, "fault">> & Pick<KeyOf, "lapsed">;

const REVOKED: Fault = { fault: "was revoked", lapsed: "revoked" };

/** `unusable` holds for the subkeys too; `fault` for the primary key alone. */
function primaryFault({ primary, statements, doubt }: Certificate, now: number): { unusable?: Fault; fault?: Fault } {
  const tried = statements.slice(0, bounds.openpgpStatements);
  const made = tried.filter(({ signature, about }) => {
    if (signature.type === KEY_REVOCATION || signature.type === DIRECT) {
      return isMadeBy(signature, primary, [primary.hashed]);
    }
    const isCertification = signature.type >= 0x10 && signature.type <= 0x13;
    if (about === undefined || !(isCertification || signature.type === USER_ID_REVOCATION)) return false;
    const prefix = Buffer.from([0xb4, 0, 0, 0, 0]);
    prefix.writeUInt32BE(about.userId.length, 1);
    return isMadeBy(signature, primary, [primary.hashed, prefix, about.userId]);
  });
  const unusable = (fault: string) => ({ unusable: { fault } });
  if (doubt !== undefined) return unusable(doubt);
  if (made.some(({ signature }) => signature.type === KEY_REVOCATION)) return { unusable: REVOKED };
  if (statements.length > tried.length) return unusable("has more signatures over itself than are read");
  if (primary.created > now) return unusable("was made in the future");
  // As GnuPG takes them: the newest over the key alone, then the newest over each user id, of which the newest counts
  // that says something.
  const direct = newestOf(made.filter(({ signature }) => signature.type === DIRECT && isCurrent(signature, now)));
  const ids = new Set(made.map(({ about }) => about));
  const overIds = [...ids].flatMap((about) => {
    const newest = about === undefined ? undefined : newestOf(made.filter((each) => each.about === about));
    return newest === undefined || newest.type === USER_ID_REVOCATION || !isCurrent(newest, now) ? [] : [newest];
  });
  const counted = [...(direct === undefined ? [] : [direct]), ...overIds].filter((each) => isFit(each, primary));
  if (counted.length === 0 || (direct !== undefined && !isFit(direct, primary))) {
    return unusable("has no valid signature over itself");
  }
  const said = <Key extends "keyFlags" | "keyExpiresAfter">(name: Key): Signature | undefined =>
    direct?.[name] !== undefined ? direct : newestSignature(overIds.filter((each) => each[name] !== undefined));
  const expired = expiry(primary, said("keyExpiresAfter"), now);
  if (expired !== undefined) return { unusable: expired };
  const flags = said("keyFlags");
  return flags?.keyFlags !== undefined && (flags.keyFlags & MAY_SIGN) === 0 ? { fault: { fault: "may not sign" } } : {};
}

/** That it lapsed, itself or with its primary key, is said last: where anything else is wrong it never was good. */
function subkeyFault(
  primary: PublicKey,
  key: PublicKey,
  signatures: readonly Signature[],
  now: number,
  unusable: Fault | undefined,
): Fault | undefined {
  if (unusable !== undefined && unusable.lapsed === undefined) return unusable;
  const over = [primary.hashed, key.hashed];
  const tried = signatures.slice(0, bounds.openpgpStatements);
  const made = tried.filter((signature) => isMadeBy(signature, primary, over));
  if (signatures.length > tried.length) return { fault: "has more signatures over itself than are read" };
  const newest = newestSignature(made.filter((each) => each.type === SUBKEY_BINDING && isCurrent(each, now)));
  if (newest === undefined || !isFit(newest, primary) || newest.created < key.created) {
    return { fault: "is not bound to its primary key" };
  }
  if (newest.keyFlags === undefined || (newest.keyFlags & MAY_SIGN) === 0) return { fault: "may not sign" };
  const back = newest.embedded;
  // Without it, anybody could claim another's subkey as their own.
  const isBack = back?.type === PRIMARY_BINDING && isFrom(back, key) && !back.weak && isCurrent(back, now);
  if (back === undefined || !isBack || back.created < key.created || !isMadeBy(back, key, over)) {
    return { fault: "does not confirm its primary key" };
  }
  if (key.created > now) return { fault: "was made in the future" };
  return made.some(({ type }) => type === SUBKEY_REVOCATION) ? REVOKED : (unusable ?? expiry(key, newest, now));
}

/** GnuPG's day: SHA-1 in what a key says of itself counts until then, for old keys have nothing else. */
const SHA1_UNTIL = Date.UTC(2019, 0, 19) / 1000;

/** Whether it may carry a key: what does not is not passed over for an older word, though. */
function isFit({ weak, created }: Signature, by: PublicKey): boolean {
  return (!weak || created < SHA1_UNTIL) && created >= by.created;
}

function isCurrent({ expires }: Signature, now: number): boolean {
  return expires === undefined || expires > now;
}

function newestOf(statements: readonly Statement[]): Signature | undefined {
  return newestSignature(statements.map(({ signature }) => signature));
}

/** Of several of one second the last, as GnuPG takes it. */
function newestSignature(signatures: readonly Signature[]): Signature | undefined {
  return signatures.reduce<Signature | undefined>(
    (newest, each) => (newest === undefined || each.created >= newest.created ? each : newest),
    undefined,
  );
}

function expiry({ created }: PublicKey, said: Signature | undefined, now: number): Fault | undefined {
  const after = said?.keyExpiresAfter;
  if (after === undefined || endOf(created, after) > now) return undefined;
  const date = new Date((created + after) * 1000).toISOString().slice(0, 10);
  return { fault: `expired on ${date}`, lapsed: "expired" };
}
