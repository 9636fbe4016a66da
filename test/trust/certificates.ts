/** An own certificate authority for tests: certificates byte by byte, so that they may say what no other tool would write. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { readClock } from "../../src/core/clock.ts";
import { kernelClock } from "../kernel-clock.ts";

/** Tag, length, content (X.690, 8.1). */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

const sequence = (...contents: readonly Uint8Array[]) => der(0x30, ...contents);
const octets = (content: Uint8Array) => der(0x04, content);

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const digits = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return der(0x06, Buffer.from(bytes));
}

const ecdsaWithSha256 = sequence(oid("1.2.840.10045.4.3.2"));

function name(common: string): Buffer {
  return sequence(der(0x31, sequence(oid("2.5.4.3"), der(0x0c, Buffer.from(common)))));
}

function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return der(0x18, Buffer.from(digits));
}

function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [der(0x01, Buffer.from([0xff]))] : []), octets(value));
}

export interface Issued {
  /** PEM. */
  readonly certificate: string;
  readonly key: KeyObject;
}

/** Kinds of general names (RFC 5280, 4.2.1.6). */
const names = { email: 0x81, dns: 0x82, uri: 0x86 } as const;

export interface LeafContent {
  /** As bytes of the certificate: what is no ASCII is written as UTF-8 all the same. */
  readonly identities: readonly { readonly kind: keyof typeof names; readonly text: string }[];
  /** 1.3.6.1.4.1.57264.1.8 */
  readonly issuer?: string;
  /** 1.3.6.1.4.1.57264.1.1, without DER. */
  readonly oldIssuer?: string;
  readonly commonName?: string;
}

export interface TestAuthority {
  /** PEM. */
  readonly certificate: string;
  issue(content: LeafContent): Issued;
}

const FULCIO = "1.3.6.1.4.1.57264.1";

/** Valid for an hour around now, and since the kernel's time, which is what programs in Go go by. */
export function createAuthority(common: string): TestAuthority {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const from = new Date(Math.min(readClock().getTime(), kernelClock().getTime()) - 30 * 60_000);
  const to = new Date(readClock().getTime() + 30 * 60_000);
  const keyId = createHash("sha1").update(spkiOf(publicKey)).digest();

  function certificate(subject: Buffer, key: KeyObject, extensions: readonly Buffer[]): string {
    const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(8)]);
    const content = sequence(
      der(0xa0, der(0x02, Buffer.from([2]))),
      der(0x02, serial),
      ecdsaWithSha256,
      name(common),
      sequence(time(from), time(to)),
      subject,
      spkiOf(key),
      der(0xa3, sequence(...extensions)),
    );
    const signature = sign("sha256", content, privateKey);
    return pem(sequence(content, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature)));
  }

  const own = certificate(name(common), publicKey, [
    extension("2.5.29.19", sequence(der(0x01, Buffer.from([0xff]))), true),
    extension("2.5.29.15", der(0x03, Buffer.from([0x01, 0x06])), true),
    extension("2.5.29.14", octets(keyId)),
  ]);

  return {
    certificate: own,
    issue({ identities, issuer, oldIssuer, commonName }) {
      const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
      const alternative = identities.map(({ kind, text }) => der(names[kind], Buffer.from(text)));
      const extensions = [
        extension("2.5.29.15", der(0x03, Buffer.from([0x07, 0x80])), true),
        extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.3"))),
        extension("2.5.29.35", sequence(der(0x80, keyId))),
        ...(alternative.length === 0 ? [] : [extension("2.5.29.17", sequence(...alternative), true)]),
        ...(oldIssuer === undefined ? [] : [extension(`${FULCIO}.1`, Buffer.from(oldIssuer))]),
        ...(issuer === undefined ? [] : [extension(`${FULCIO}.8`, der(0x0c, Buffer.from(issuer)))]),
      ];
      const subject = commonName === undefined ? sequence() : name(commonName);
      return { certificate: certificate(subject, pair.publicKey, extensions), key: pair.privateKey };
    },
  };
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
