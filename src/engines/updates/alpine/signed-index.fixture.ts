/** Alpine's signed indexes made in code, for tests. */
import { type KeyObject, sign } from "node:crypto";
import { gzipSync } from "node:zlib";
import { rsaKeyPair } from "../../../core/rsa-keys.fixture.ts";
import { tarEntry } from "../../oci/image.fixture.ts";
import type { ApkKey } from "./index.ts";

export interface FixtureApkKey extends ApkKey {
  readonly privateKey: KeyObject;
}

export function apkKey(name = "builder@example.org-5261cecb.rsa.pub"): FixtureApkKey {
  const { privateKey, publicKey } = rsaKeyPair(2048);
  return { name, pem: publicKey.export({ type: "spki", format: "pem" }) as string, privateKey };
}

export interface FixtureApkPackage {
  readonly name: string;
  readonly version: string;
  /** ISO 8601. */
  readonly built?: string;
}

export function apkIndex(packages: readonly FixtureApkPackage[]): string {
  return packages
    .map(({ name, version, built }) => {
      const time = built === undefined ? [] : [`t:${Date.parse(built) / 1000}`];
      return [`C:Q1abc=`, `P:${name}`, `V:${version}`, "A:x86_64", ...time, ""].join("\n");
    })
    .join("\n");
}

interface SigningOptions {
  readonly kind?: string;
  readonly hash?: string;
}

export function signedIndex(index: string, key: FixtureApkKey, options: SigningOptions = {}): Buffer {
  const entries = [tarEntry({ name: "DESCRIPTION", content: "v1" }), tarEntry({ name: "APKINDEX", content: index })];
  return signedContent(gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)])), key, options);
}

/** @param content - what is signed, as it is stored */
export function signedContent(
  content: Buffer,
  key: FixtureApkKey,
  { kind = "RSA", hash = "sha1" }: SigningOptions = {},
): Buffer {
  const signature = sign(hash, content, key.privateKey);
  // Without an end marker: apk reads both archives as one.
  return Buffer.concat([gzipSync(tarEntry({ name: `.SIGN.${kind}.${key.name}`, content: signature })), content]);
}
