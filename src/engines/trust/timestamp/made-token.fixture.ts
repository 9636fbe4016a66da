/** Tokens of timestamp authorities for tests, whole or wrong in what the test is about. */
import { createHash, sign } from "node:crypto";
import { constructedTag, contextTag, tags } from "../../../formats/der/read.ts";
import { der, derIntegerOf, derOidOf, derTextOf } from "../../../formats/der/write.ts";
import type { Made } from "../x509/made-certificates.fixture.ts";
import { readCertificate } from "../x509/read.ts";

export interface TokenWish {
  /** What it is about. */
  readonly over: Uint8Array;
  readonly time: Date;
  readonly by: Made;
  /** That it brings along; its signer's alone, where nothing is said. */
  readonly certificates?: readonly Made[];
  /** Seconds, milliseconds, microseconds. */
  readonly accuracy?: readonly (number | undefined)[];
  readonly policy?: string;
  /** Instead of what is hashed. */
  readonly contentHash?: Buffer;
  /** Which certificate is named in what is signed. */
  readonly names?: Made;
  /** Dotted, of the imprint. */
  readonly hash?: "sha256" | "sha1";
  readonly signers?: number;
  /** More of TSTInfo, at its end. */
  readonly more?: readonly Buffer[];
  readonly withoutCertificateAttribute?: boolean;
}

const sha256 = der(tags.sequence, derOidOf("2.16.840.1.101.3.4.2.1"));
const sha1 = der(tags.sequence, derOidOf("1.3.14.3.2.26"));

export function madeToken(wish: TokenWish): Buffer {
  const { over, time, by, certificates = [by], names = by, hash = "sha256" } = wish;
  const [seconds, milliseconds, microseconds] = wish.accuracy ?? [];
  const accuracy =
    wish.accuracy === undefined
      ? []
      : [
          der(
            tags.sequence,
            ...(seconds === undefined ? [] : [derIntegerOf(seconds)]),
            ...(milliseconds === undefined ? [] : [retagged(contextTag(0), derIntegerOf(milliseconds))]),
            ...(microseconds === undefined ? [] : [retagged(contextTag(1), derIntegerOf(microseconds))]),
          ),
        ];
  const written = time
    .toISOString()
    .replace(/[-:T]/g, "")
    .replace(/\.000Z$/, "Z");
  const info = der(
    tags.sequence,
    derIntegerOf(1),
    derOidOf(wish.policy ?? "1.2.3.4"),
    der(tags.sequence, hash === "sha1" ? sha1 : sha256, der(tags.octetString, createHash(hash).update(over).digest())),
    derIntegerOf(42),
    derTextOf(tags.generalizedTime, written),
    ...accuracy,
    ...(wish.more ?? []),
  );
  const attribute = (id: string, value: Buffer) => der(tags.sequence, derOidOf(id), der(tags.set, value));
  const certificateHash = createHash("sha256").update(names.der).digest();
  const attributes = [
    attribute("1.2.840.113549.1.9.3", derOidOf("1.2.840.113549.1.9.16.1.4")),
    attribute(
      "1.2.840.113549.1.9.4",
      der(tags.octetString, wish.contentHash ?? createHash("sha256").update(info).digest()),
    ),
    ...(wish.withoutCertificateAttribute
      ? []
      : [
          attribute(
            "1.2.840.113549.1.9.16.2.47",
            der(tags.sequence, der(tags.sequence, der(tags.sequence, der(tags.octetString, certificateHash)))),
          ),
        ]),
  ];
  const isRsa = by.keys.privateKey.asymmetricKeyType === "rsa";
  const signer = der(
    tags.sequence,
    derIntegerOf(1),
    der(tags.sequence, issuerAndSerial(by.der)),
    sha256,
    der(constructedTag(0), ...attributes),
    der(tags.sequence, derOidOf(isRsa ? "1.2.840.113549.1.1.1" : "1.2.840.10045.4.3.2")),
    der(tags.octetString, sign("sha256", der(tags.set, ...attributes), by.keys.privateKey)),
  );
  const data = der(
    tags.sequence,
    derIntegerOf(3),
    der(tags.set, sha256),
    der(tags.sequence, derOidOf("1.2.840.113549.1.9.16.1.4"), der(constructedTag(0), der(tags.octetString, info))),
    der(constructedTag(0), ...certificates.map((certificate) => certificate.der)),
    der(tags.set, ...Array.from({ length: wish.signers ?? 1 }, () => signer)),
  );
  return der(tags.sequence, derOidOf("1.2.840.113549.1.7.2"), der(constructedTag(0), data));
}

function issuerAndSerial(certificate: Buffer): Buffer {
  const { issuer, serial } = readCertificate(certificate, (cause) => new Error(cause));
  return Buffer.concat([issuer, der(tags.integer, serial)]);
}

function retagged(tag: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), value.subarray(1)]);
}
