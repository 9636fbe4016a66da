/** Certificates and messages signed anew, each with something about it that a verifier must look at. */
import {
  armored,
  type CertificateOptions,
  certificate,
  clearsignedWith,
  type FixtureAlgorithm,
  type FixtureHash,
  type FixtureKey,
  fixtureKey,
  issuerOf,
  KEY_CREATED,
  packet,
  type SignatureOptions,
  signatureBody,
  signedText,
} from "../../../src/engines/updates/openpgp/signer.fixture.ts";
import type { Random } from "../random.ts";
import type { SignedCase } from "./case.ts";

const ALGORITHMS: readonly FixtureAlgorithm[] = [
  "rsa",
  "rsa",
  "eddsa-legacy",
  "ecdsa-p256",
  "ecdsa-p384",
  "ecdsa-p521",
  "ed25519",
];
const HASHES: readonly FixtureHash[] = [
  "sha512",
  "sha512",
  "sha512",
  "sha256",
  "sha384",
  "sha224",
  "sha1",
  "ripemd160",
  "md5",
];
const DAY = 86_400;

/** A primary key and a subkey of each algorithm, and a stranger's. They last the run: making RSA keys takes long. */
const keys = new Map<string, FixtureKey>();
function keyOf(algorithm: FixtureAlgorithm, role: string): FixtureKey {
  const name = `${algorithm} ${role}`;
  const found = keys.get(name) ?? fixtureKey(algorithm, { bits: role === "short" ? 1024 : 2048 });
  keys.set(name, found);
  return found;
}

export function madeCase(random: Random): SignedCase {
  const algorithm = random.pick(ALGORITHMS);
  const primary = keyOf(algorithm, random.once(40) ? "short" : "primary");
  const subkey = keyOf(random.pick(ALGORITHMS), "subkey");
  const stranger = keyOf("eddsa-legacy", "stranger");
  const withSubkey = random.once(2);
  const keyring = certificate(primary, {
    ...certificateOptions(random),
    ...(withSubkey ? { subkey: { key: subkey, ...subkeyOptions(random, stranger) } } : {}),
  });
  const others = random.once(8) ? [certificate(stranger)] : [];
  return {
    keyring: Buffer.concat(random.once(2) ? [keyring, ...others] : [...others, keyring]),
    message: messageBy(random, withSubkey && !random.once(4) ? subkey : primary, stranger),
  };
}

function certificateOptions(random: Random): CertificateOptions {
  return {
    ...(random.once(12) ? { revoked: true, revocation: statementOptions(random) } : {}),
    ...(random.once(12) ? { keyFlags: random.pick([0, 1, 2, 0x0c, 0x22]) } : {}),
    ...(random.once(12) ? { keyExpiresAfter: random.pick([60, DAY, 2_000 * DAY]) } : {}),
    ...(random.once(6) ? { direct: { ...statementOptions(random), ...spoken(random) } } : {}),
    ...(random.once(4) ? { self: { ...statementOptions(random), ...spoken(random) } } : {}),
  };
}

function subkeyOptions(random: Random, stranger: FixtureKey): Omit<NonNullable<CertificateOptions["subkey"]>, "key"> {
  return {
    ...(random.once(12) ? { revoked: true } : {}),
    ...(random.once(12) ? { back: false } : {}),
    ...(random.once(12) ? { boundBy: stranger } : {}),
    ...(random.once(6) ? { binding: { ...statementOptions(random), ...spoken(random) } } : {}),
    ...(random.once(6) ? { backSignature: statementOptions(random) } : {}),
    ...(random.once(6) ? { before: { ...statementOptions(random), ...spoken(random) } } : {}),
  };
}

/** What a statement says of its key. */
function spoken(random: Random): Partial<SignatureOptions> {
  return {
    ...(random.once(2) ? { keyFlags: random.pick([0, 1, 2, 3, 0x0c]) } : {}),
    ...(random.once(3) ? { keyExpiresAfter: random.pick([60, 2_000 * DAY]) } : {}),
  };
}

/** How a statement is made. */
function statementOptions(random: Random): Partial<SignatureOptions> {
  return {
    ...(random.once(3) ? { hash: random.pick(HASHES) } : {}),
    ...(random.once(3) ? { created: KEY_CREATED + random.pick([-1, -DAY, 0, 1, DAY, 700 * DAY]) } : {}),
    ...(random.once(8) ? { expiresAfter: random.pick([1, DAY, 2_000 * DAY]) } : {}),
    ...(random.once(5) ? { more: [subpacketOf(random)] } : {}),
    ...(random.once(8) ? { unhashed: [subpacketOf(random)] } : {}),
    ...(random.once(12) ? { issuer: undefined, unhashed: [[16, random.bytes(8)]] } : {}),
    ...(random.once(30) ? { type: random.pick([0, 1, 2, 0x10, 0x13, 0x18, 0x19, 0x1f, 0x20, 0x28, 0x30, 0x40]) } : {}),
  };
}

/** Any type, critical or not, with a body that may fit. */
function subpacketOf(random: Random): readonly [number, Buffer] {
  const type = random.once(2) ? random.below(40) : random.pick([2, 3, 9, 12, 16, 20, 27, 32, 33]);
  const value = random.pick(["v", "value", ""]);
  const notation = Buffer.concat([Buffer.from([0x80, 0, 0, 0, 0, 3, 0, value.length]), Buffer.from(`a@b${value}`)]);
  const body = type === 20 ? notation : random.bytes(random.pick([0, 1, 4, 4, 8, 20, 21]));
  return [type | (random.once(2) ? 0x80 : 0), body];
}

const LINES = [
  ...[
    "Suite: stable",
    "Date: Mon, 01 Jan 2024 00:00:00 UTC",
    "- a dash",
    "-----no header",
    "trailing  \t",
    "",
    "ä",
    " ",
  ],
  ...[
    "From here",
    "tab\t",
    "a\rb",
    "\0",
    "-----BEGIN PGP SIGNATURE-----",
    "Hash: SHA256",
    "-",
    "- ",
    "x".repeat(19_990),
  ],
];

function messageBy(random: Random, key: FixtureKey, stranger: FixtureKey): Buffer {
  const common = LINES.slice(0, 8);
  const text = Array.from({ length: random.below(6) }, () => random.pick(random.once(10) ? LINES : common)).join("\n");
  const hash = random.once(3) ? random.pick(HASHES) : "sha512";
  const options: SignatureOptions = {
    type: random.once(15) ? random.pick([0, 2, 0x13, 0x40]) : 1,
    hash,
    created: KEY_CREATED + (random.once(8) ? random.pick([-1, -DAY, 0, 1]) : DAY),
    ...(random.once(12) ? { expiresAfter: random.pick([1, 5_000 * DAY]) } : {}),
    ...(random.once(5) ? { more: [subpacketOf(random)] } : {}),
    ...(random.once(8) ? { unhashed: [subpacketOf(random)] } : {}),
    ...(random.once(12) ? { issuer: random.pick([undefined, issuerOf(stranger), random.bytes(21)]) } : {}),
    ...(random.once(30) ? { algorithm: random.pick([1, 2, 3, 17, 19, 22, 27]) } : {}),
  };
  const signed = random.once(20) ? Buffer.from(text) : signedText(text);
  const one = (by: FixtureKey) => packet(2, signatureBody(by, signed, options));
  const signatures = [one(key)];
  if (random.once(6)) signatures.push(one(stranger));
  if (random.once(12)) signatures.unshift(packet(2, signatureBody(key, Buffer.from("other"), { type: 1 })));
  if (random.once(15)) {
    signatures.splice(
      random.below(2),
      0,
      packet(random.pick([2, 4, 8, 10, 11, 13, 60]), random.bytes(random.pick([3, 30]))),
    );
  }
  const headers = random.once(6)
    ? random.pick([[], ["Hash: SHA512"], ["Hash: SHA256, SHA512"], ["Hash: SHA512", "Hash: SHA1"], ["Comment: x"]])
    : [`Hash: ${hash.toUpperCase()}`];
  return clearsignedWith(text, headers, armorOf(random, Buffer.concat(signatures)));
}

function armorOf(random: Random, signatures: Buffer): string {
  const plain = armored("PGP SIGNATURE", signatures);
  if (!random.once(6)) return plain;
  return random.pick([
    plain.replace(/\n=.{4}\n/, "\n"),
    plain.replace(/\n=.{4}\n/, "\n=AAAA\n"),
    plain.replace("\n\n", "\nVersion: 1\nComment: x\n\n"),
    plain.replace("\n\n", "\nno header\n\n"),
    plain.replace("\n\n", "\n"),
    plain.replace("\n\n", "\n\n\n"),
    plain.replaceAll("\n", "\r\n"),
    plain.replace("\n\n", "\n\n*"),
    `${plain}more\n`,
    `${plain}${plain}`,
  ]);
}
