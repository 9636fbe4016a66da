/** What was taken here once and refused by gpgv, each made anew with the keys of the run. */
import {
  armored,
  type CertificateOptions,
  certificate,
  clearsigned,
  type FixtureAlgorithm,
  fixtureKey,
  issuerOf,
  KEY_CREATED,
  type MessageOptions,
  packet,
} from "../../../src/engines/updates/openpgp/signer.fixture.ts";
import { packCase } from "./case.ts";

const TEXT = "Suite: stable\nDate: Mon, 01 Jan 2024 00:00:00 UTC\n- a dash\n";
const NOTATION = Buffer.concat([Buffer.from([0x80, 0, 0, 0, 0, 3, 0, 1]), Buffer.from("a@bv")]);

export function regressions(): Map<string, Buffer> {
  const made = new Map<string, Buffer>();
  const key = fixtureKey("rsa");
  const subkey = fixtureKey("eddsa-legacy");
  const stranger = fixtureKey("eddsa-legacy");
  const add = (name: string, message: Buffer, keyring: Buffer) => made.set(name, packCase({ keyring, message }));
  const signed = (name: string, options: MessageOptions) =>
    add(name, clearsigned(TEXT, [key], options), certificate(key));
  const under = (name: string, options: CertificateOptions, by = key) =>
    add(name, clearsigned(TEXT, [by]), certificate(key, options));
  const bound = (name: string, options: Omit<NonNullable<CertificateOptions["subkey"]>, "key">) =>
    under(name, { subkey: { key: subkey, ...options } }, subkey);
  const changed = (name: string, change: (text: string) => string) =>
    add(name, Buffer.from(change(clearsigned(TEXT, [key]).toString())), certificate(key));

  signed("older than its key", { created: KEY_CREATED - 1 });
  signed("a critical notation", { more: [[0x80 | 20, NOTATION]] });
  signed("a critical notation that is not hashed", { unhashed: [[0x80 | 20, NOTATION]] });
  for (const type of [23, 28]) signed(`critical subpacket ${type}`, { more: [[0x80 | type, Buffer.from("a")]] });
  signed("no Hash header", { headers: [] });
  signed("another Hash header", { headers: ["Hash: SHA256"] });
  signed("a Hash header that GnuPG does not know", { headers: ["Hash: SHA3-512"] });
  signed("expires after the last second that there is", { expiresAfter: 0xffffffff });
  signed("another key's fingerprint", { issuer: issuerOf(stranger) });
  for (const [algorithm, hash] of [
    ["ecdsa-p384", "sha256"],
    ["ecdsa-p521", "sha384"],
  ] as const) {
    const weak = fixtureKey(algorithm satisfies FixtureAlgorithm);
    add(`${algorithm} over ${hash}`, clearsigned(TEXT, [weak], { hash }), certificate(weak));
  }
  changed("no checksum", (text) => text.replace(/\n=.{4}\n/, "\n"));
  changed("white space that is none behind the first line", (text) => text.replace("MESSAGE-----", "MESSAGE-----\x0b"));
  changed("no empty line in the armor", (text) => text.replace("SIGNATURE-----\n\n", "SIGNATURE-----\n"));
  add("an empty text", clearsigned("\n", [key]), certificate(key));
  under("a self-signature older than its key", { self: { created: KEY_CREATED - 1 } });
  under("a revocation with SHA-1", { revoked: true, revocation: { hash: "sha1" } });
  under("a revocation with RIPEMD-160", { revoked: true, revocation: { hash: "ripemd160" } });
  under("a newest word with SHA-1", { direct: { hash: "sha1", keyFlags: 0x0c } });
  bound("a binding older than its key", { binding: { created: KEY_CREATED - 1 } });
  bound("a confirmation older than its key", { backSignature: { created: KEY_CREATED - 1 } });
  bound("a revoked subkey without a confirmation", { revoked: true, back: false });
  const ring = certificate(key);
  const message = clearsigned(TEXT, [key]);
  add("a broken key behind the certificate", message, Buffer.concat([ring, packet(6, stranger.body.subarray(0, -1))]));
  add("a broken key before the certificate", message, Buffer.concat([packet(6, stranger.body.subarray(0, -1)), ring]));
  add("another packet in the certificate", message, Buffer.concat([ring, packet(3, Buffer.alloc(20))]));
  add("a user id behind a subkey", message, withIdLast(certificate(key, { subkey: { key: subkey } })));
  const both = clearsigned(TEXT, [key, stranger]).toString();
  const wrong = clearsigned("another\n", [stranger]).toString();
  add("a wrong one alone", Buffer.from(wrong.replace("another", "others")), certificate(stranger));
  add("two good ones", Buffer.from(both), Buffer.concat([certificate(key), certificate(stranger)]));
  add("armor in armor", Buffer.from(both.replace("\n\n", `\n\n${armored("PGP SIGNATURE", Buffer.alloc(3))}`)), ring);
  return made;
}

/** The user id and its signature, which are the second and third packet, put last. */
function withIdLast(ring: Buffer): Buffer {
  const start = ring.indexOf(Buffer.concat([Buffer.from([0xcd, 29]), Buffer.from("Archive")]));
  const end = ring.indexOf(Buffer.from([0xce]), start + 31);
  return Buffer.concat([ring.subarray(0, start), ring.subarray(end), ring.subarray(start, end)]);
}
