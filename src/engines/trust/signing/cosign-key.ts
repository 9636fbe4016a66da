/**
 * cosign's private key files: PEM around JSON around a PKCS #8 key, encrypted by scrypt and NaCl's secretbox
 * (secure-systems-lab/go-securesystemslib, `encrypted`).
 */
import { createPrivateKey, type KeyObject, randomBytes, scryptSync } from "node:crypto";
import { parseJson } from "../../../core/parse-json.ts";
import { isObject, valueAt } from "../../../core/untyped.ts";
import { decodeBase64 } from "../base64.ts";
import { bounds } from "./bounds.ts";
import { openSecretbox, sealSecretbox } from "./secretbox.ts";

/** The label today, and that of cosign before 2.0. */
const LABELS = ["ENCRYPTED SIGSTORE PRIVATE KEY", "ENCRYPTED COSIGN PRIVATE KEY"] as const;
const COST = { N: 65_536, r: 8, p: 1 } as const;

/** Why a key file cannot be used, as the end of a sentence about the file. */
export type CosignKeyFault = { readonly fault: "form" | "bound" | "password"; readonly cause: string };

export function isCosignKey(pem: string): boolean {
  return LABELS.some((label) => pem.includes(`-----BEGIN ${label}-----`));
}

/** scrypt takes half a second and 64 MiB here, as it is meant to. */
export function decryptCosignKey(pem: string, password: Buffer): KeyObject | CosignKeyFault {
  const content = LABELS.map((label) => pemContent(pem, label)).find((bytes) => bytes !== undefined);
  const json = content === undefined ? undefined : jsonOf(content);
  if (!isObject(json)) return { fault: "form", cause: "not a cosign private key" };
  const kdf = valueAt(json, ["kdf", "name"]);
  const cipher = valueAt(json, ["cipher", "name"]);
  if (kdf !== "scrypt" || cipher !== "nacl/secretbox") {
    return { fault: "form", cause: "not encrypted by scrypt and nacl/secretbox" };
  }
  const [N, r, p] = ["N", "r", "p"].map((name) => valueAt(json, ["kdf", "params", name]));
  const salt = decodeBase64(valueAt(json, ["kdf", "salt"]));
  const nonce = decodeBase64(valueAt(json, ["cipher", "nonce"]));
  const box = decodeBase64(json.ciphertext);
  if (salt === undefined || salt.length < 8 || nonce?.length !== 24 || box === undefined) {
    return { fault: "form", cause: "salt, nonce or ciphertext invalid" };
  }
  if (!isCost(N, bounds.scryptCost) || !isCost(r, bounds.scryptBlock) || !isCost(p, bounds.scryptParallel)) {
    const most = `N ${bounds.scryptCost}, r ${bounds.scryptBlock}, p ${bounds.scryptParallel}`;
    return { fault: "bound", cause: `scrypt parameters exceed the limit (${most}) or are no powers of two` };
  }
  const key = openSecretbox(box, nonce, scryptSync(password, salt, 32, { N, r, p, maxmem: memoryOf(N, r, p) }));
  if (key === undefined) return { fault: "password", cause: "wrong password" };
  try {
    return createPrivateKey({ key, format: "der", type: "pkcs8" });
  } catch {
    return { fault: "form", cause: "decrypted content is not a PKCS #8 key" };
  } finally {
    key.fill(0);
  }
}

/** @returns PEM */
export function encryptCosignKey(key: KeyObject, password: Buffer): string {
  const salt = randomBytes(32);
  const nonce = randomBytes(24);
  const { N, r, p } = COST;
  const secret = scryptSync(password, salt, 32, { N, r, p, maxmem: memoryOf(N, r, p) });
  const plain = key.export({ format: "der", type: "pkcs8" });
  const json = JSON.stringify({
    kdf: { name: "scrypt", params: COST, salt: salt.toString("base64") },
    cipher: { name: "nacl/secretbox", nonce: nonce.toString("base64") },
    ciphertext: sealSecretbox(plain, nonce, secret).toString("base64"),
  });
  const [label] = LABELS;
  const lines = Buffer.from(json).toString("base64").replace(/.{64}/g, "$&\n").trimEnd();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** Whole powers of two, as scrypt wants N; r and p are 8 and 1 in every file that cosign wrote. */
function isCost(value: unknown, most: number): value is number {
  return (
    Number.isInteger(value) &&
    (value as number) >= 1 &&
    (value as number) <= most &&
    Math.log2(value as number) % 1 === 0
  );
}

/** node allows 32 MiB by itself, less than cosign's own files take. */
function memoryOf(N: number, r: number, p: number): number {
  return 128 * r * (N + p + 2) + 1024 * 1024;
}

function pemContent(pem: string, label: string): Buffer | undefined {
  const begin = pem.indexOf(`-----BEGIN ${label}-----`);
  const end = pem.indexOf(`-----END ${label}-----`);
  if (begin < 0 || end < begin) return undefined;
  return decodeBase64(pem.slice(begin + label.length + 16, end).replace(/\s/g, ""));
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return parseJson(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}
