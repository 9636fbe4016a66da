/**
 * What the insecure shop bakes in. Each is made from a hash when the images are assembled: the same each time, of a
 * valid form, good for nothing, and in no file of the repository.
 */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

const hash = (of: string): Buffer => createHash("sha256").update(`the insecure shop's ${of}`).digest();

/** An Ed25519 key (RFC 8410): the fixed head of its PKCS #8 form, and 32 bytes. */
const key = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), hash("deploy key")]);

const kind = ["PRIVATE", "KEY"].join(" ");

export const deployKey = `-----BEGIN ${kind}-----\n${key.toString("base64")}\n-----END ${kind}-----\n`;

export const databaseUrl = `postgres://worker:${hash("database").toString("hex").slice(0, 24)}@orders-db.internal:5432/shop`;

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** npm's form: 30 characters, and their CRC-32 in six digits of base 62. */
function tokenOf(random: string): string {
  let checksum = "";
  for (let rest = crc32(random); checksum.length < 6; rest = Math.floor(rest / 62)) {
    checksum = digits.charAt(rest % 62) + checksum;
  }
  return `npm_${random}${checksum}`;
}

export const npmToken = tokenOf(
  [...hash("npm token").subarray(0, 30)].map((byte) => digits.charAt(byte % 62)).join(""),
);

/** A Secret that is kept as a file: its base64 hides nothing. */
export const databaseSecret = `apiVersion: v1
kind: Secret
metadata:
  name: database
  namespace: shop
data:
  password: ${Buffer.from(hash("database password").toString("base64url").slice(0, 20)).toString("base64")}
`;
