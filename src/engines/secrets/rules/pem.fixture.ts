import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { rsaKeyPair } from "../../../core/rsa-keys.fixture.ts";
import { alnum } from "./samples.fixture.ts";

/** A PEM block of these bytes; the label is joined here, so that no file of the project holds a block's first line. */
export function pemBlock(label: string, bytes: Buffer, headers = ""): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return [`${"-".repeat(5)}BEGIN ${label}${"-".repeat(5)}`, ...(headers === "" ? [] : [headers, ""]), ...lines]
    .concat(`${"-".repeat(5)}END ${label}${"-".repeat(5)}`)
    .join("\n");
}

const rsa: KeyObject = rsaKeyPair(1024).privateKey;
const ec: KeyObject = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const cipher = { cipher: "aes-256-cbc", passphrase: alnum(12) };

export const rsaDer: Buffer = rsa.export({ type: "pkcs1", format: "der" });
export const ecDer: Buffer = ec.export({ type: "sec1", format: "der" });
export const pkcs8Der: Buffer = ec.export({ type: "pkcs8", format: "der" });
export const pkcs8RsaDer: Buffer = rsa.export({ type: "pkcs8", format: "der" });
export const pkcs8EncryptedDer: Buffer = rsa.export({ type: "pkcs8", format: "der", ...cipher });
export const rsaEncryptedPem: string = rsa.export({ type: "pkcs1", format: "pem", ...cipher }).toString();
export const ecEncryptedPem: string = ec.export({ type: "sec1", format: "pem", ...cipher }).toString();

/** OpenSSL's DSA form: a SEQUENCE of six INTEGERs. */
export const dsaDer: Buffer = sequence(
  [0, 128, 20, 128, 128, 20].map((length) => Buffer.alloc(Math.max(1, length), 0x41)),
);

function sequence(integers: readonly Buffer[]): Buffer {
  const content = Buffer.concat(integers.flatMap((each) => [tagAndLength(0x02, each.length), each]));
  return Buffer.concat([tagAndLength(0x30, content.length), content]);
}

function tagAndLength(tag: number, length: number): Buffer {
  if (length < 0x80) return Buffer.from([tag, length]);
  return Buffer.from([tag, 0x82, length >> 8, length & 0xff]);
}

const wire = (bytes: Buffer | string): Buffer => {
  const value = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, value]);
};

/** An OpenSSH key file's bytes; the check integers of a readable private part agree unless told otherwise. */
export function openSshBytes(cipherName: string, check: readonly [number, number] = [7, 7]): Buffer {
  const checks = Buffer.alloc(8);
  checks.writeUInt32BE(check[0], 0);
  checks.writeUInt32BE(check[1], 4);
  const count = Buffer.from([0, 0, 0, 1]);
  const publicKey = wire(Buffer.concat([wire("ssh-ed25519"), wire(Buffer.alloc(32, 1))]));
  const privatePart = wire(Buffer.concat([checks, Buffer.from(alnum(96), "latin1")]));
  const options = cipherName === "none" ? wire("") : wire(Buffer.alloc(24, 2));
  const magic = Buffer.from("openssh-key-v1\0", "latin1");
  const derivation = wire(cipherName === "none" ? "none" : "bcrypt");
  return Buffer.concat([magic, wire(cipherName), derivation, options, count, publicKey, privatePart]);
}
