/**
 * Secrets that are a whole file: keys in DER, stores of keys, a line that is nothing but a key. No keyword leads to them;
 * the file's name or its first bytes do.
 */

import { asksOfPath } from "../../core/named.ts";
import type { SecretRule } from "./rule.ts";
import { dsaKey, ecKey, type KeyContent, pkcs8EncryptedKey, pkcs8Key, rsaKey } from "./rules/validate/der.ts";
import { javaKeyStoreHoldsKey, pkcs12 } from "./rules/validate/key-stores.ts";
import { isPlaceholder } from "./rules/validate/password.ts";

/** A file that is longer is none of these. */
export const WHOLE_FILE_BYTES = 256 * 1024;

export interface WholeFileRule extends Pick<SecretRule, "id" | "title" | "confidence" | "severity" | "reference"> {
  /** What in `explain` stands in the place of keywords. */
  readonly about: string;
  /** Where the secret is: offsets in the file. */
  readonly find: (path: string, bytes: Buffer) => { readonly start: number; readonly end: number } | undefined;
}

const SEQUENCE = 0x30;
const LONGEST_KEY = 16 * 1024;

/** All of the file. */
function all(bytes: Buffer): { readonly start: number; readonly end: number } {
  return { start: 0, end: bytes.length };
}

function derKey(bytes: Buffer): KeyContent {
  if (bytes[0] !== SEQUENCE || bytes.length > LONGEST_KEY) return "none";
  for (const read of [rsaKey, ecKey, pkcs8Key, dsaKey]) if (read(bytes) === "plain") return "plain";
  return pkcs8EncryptedKey(bytes);
}

/** Their lines are accounts with their passwords; what else is called so is another program's. */
const isAccountFile = asksOfPath(/(?:^|\/)(?:rsyncd?\.secrets|passwd\.client|\.?passwd-s3fs)$/i);
const isPasswordFile = asksOfPath(/(?:^|\/)\.?htpasswd[^/]{0,40}$/i);
const isRailsKey = asksOfPath(/(?:^|\/)(?:master\.key|credentials\/[^/]{1,80}\.key)$/i);

/** All that one of the three says yes to. */
const isNamed = asksOfPath(
  /(?:^|\/)(?:rsyncd?\.secrets|passwd\.client|\.?passwd-s3fs|\.?htpasswd[^/]{0,40}|master\.key|credentials\/[^/]{1,80}\.key)$/i,
);
/** First bytes of a DER structure, of Java's two key stores and of KeePass' databases. */
const FIRST: ReadonlySet<number | undefined> = new Set([SEQUENCE, 0xfe, 0xce, 0x03]);

/** Told by one look at the path and one at the first byte: whether any of the rules may find something. */
export function mayBeWhole(path: string, bytes: Buffer): boolean {
  return FIRST.has(bytes[0]) || isNamed(path);
}

const KEEPASS = Buffer.from("03d9a29a67fb4bb5", "hex");

export const wholeFileRules: readonly WholeFileRule[] = [
  {
    id: "der-private-key",
    title: "Private key in DER",
    about: "files that are one DER structure",
    confidence: "high",
    severity: "critical",
    reference: "https://www.rfc-editor.org/rfc/rfc5958",
    find: (_, bytes) => (derKey(bytes) === "plain" ? all(bytes) : undefined),
  },
  {
    id: "der-private-key-encrypted",
    title: "Private key in DER, encrypted",
    about: "files that are one DER structure and named as keys",
    confidence: "high",
    severity: "low",
    reference: "https://www.rfc-editor.org/rfc/rfc5958",
    // Other structures begin alike, so the name has to say it too.
    find: (path, bytes) =>
      /\.(?:key|der|p8|pk8|pkcs8)$/i.test(path) && derKey(bytes) === "encrypted" ? all(bytes) : undefined,
  },
  {
    id: "pkcs12-key-store",
    title: "PKCS #12 store of keys",
    about: "files that are one PFX structure",
    confidence: "high",
    severity: "medium",
    reference: "https://www.rfc-editor.org/rfc/rfc7292",
    find: (_, bytes) => (pkcs12(bytes) ? all(bytes) : undefined),
  },
  {
    id: "java-key-store",
    title: "Java key store with a private key",
    about: "files that begin with FEEDFEED or CECECECE",
    confidence: "high",
    severity: "medium",
    reference: "https://docs.oracle.com/en/java/javase/21/docs/specs/man/keytool.html",
    find: (_, bytes) => (javaKeyStoreHoldsKey(bytes) ? all(bytes) : undefined),
  },
  {
    id: "keepass-database",
    title: "KeePass database, encrypted",
    about: "files that begin with KeePass' signature",
    confidence: "high",
    severity: "medium",
    reference: "https://keepass.info/help/kb/kdbx_4.html",
    find: (_, bytes) => (bytes.length > 64 && bytes.subarray(0, 8).equals(KEEPASS) ? all(bytes) : undefined),
  },
  {
    id: "htpasswd-crypt-hash",
    title: "Password hash of crypt in a .htpasswd file",
    about: ".htpasswd files, and what is called like them",
    confidence: "high",
    severity: "medium",
    reference: "https://httpd.apache.org/docs/2.4/misc/password_encryptions.html",
    find(path, bytes) {
      if (!isPasswordFile(path) || bytes.length > 64 * 1024) return undefined;
      const match = /^[\w.@-]{1,80}:([A-Za-z0-9./]{13})[ \t]{0,4}\r?$/m.exec(bytes.toString("latin1"));
      if (match === null) return undefined;
      const start = match.index + match[0].indexOf(":") + 1;
      return { start, end: start + 13 };
    },
  },
  {
    id: "account-file-password",
    title: "Password in a file of accounts",
    about: "rsyncd.secrets, Exim's passwd.client, s3fs' passwd-s3fs",
    confidence: "high",
    severity: "high",
    reference: "https://download.samba.org/pub/rsync/rsyncd.conf.5",
    find(path, bytes) {
      if (!isAccountFile(path) || bytes.length > 64 * 1024) return undefined;
      const text = bytes.toString("latin1");
      for (const match of text.matchAll(
        /^(?!#)([^\s:]{1,120}:(?:[^\s:]{1,120}:)?)([^\s:#][^\s:]{3,200})[ \t]{0,4}\r?$/gm,
      )) {
        const [, account = "", secret = ""] = match;
        const start = match.index + account.length;
        if (!isPlaceholder(secret)) return { start, end: start + secret.length };
      }
      return undefined;
    },
  },
  {
    id: "rails-master-key",
    title: "Rails master key",
    about: "config/master.key and config/credentials/*.key",
    confidence: "high",
    severity: "critical",
    reference: "https://guides.rubyonrails.org/security.html#custom-credentials",
    find(path, bytes) {
      if (!isRailsKey(path) || bytes.length > 40) return undefined;
      const key = /^[0-9a-f]{32}(?=\s{0,4}$)/.exec(bytes.toString("latin1"))?.[0];
      return key === undefined || new Set(key).size < 8 ? undefined : { start: 0, end: key.length };
    },
  },
];
