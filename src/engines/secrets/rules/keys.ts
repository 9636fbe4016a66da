import type { SecretRule } from "../rule.ts";
import { assigned, token } from "./forms.ts";
import { decodeBase64 } from "./validate/base64.ts";
import { bech32Checksum } from "./validate/bech32.ts";
import { encryptedPemKey, plainPemKey } from "./validate/pem.ts";

const pemReference = "https://www.rfc-editor.org/rfc/rfc7468";
const ppk = "https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html";

/** A PEM block of this label as a whole; five dashes never stand inside, so a missing end is noticed at the next block. */
const pem = (label: string, least = 40): RegExp =>
  new RegExp(`(?<secret>-----BEGIN ${label}-----(?:[^-]|-(?!----)){${least},16000}-----END ${label}-----)`);

type Given = Pick<SecretRule, "id" | "title" | "severity" | "validate"> & { readonly label: string };

function pemRule({ label, ...rule }: Given): SecretRule {
  const pattern = pem(label);
  return {
    keywords: [`BEGIN ${label}-`],
    pattern,
    before: 8,
    after: 16_384,
    confidence: "high",
    reference: pemReference,
    ...rule,
  };
}

/** Private keys. A key that a passphrase encrypts ranks low: it is worth a look, and no use to who lacks the passphrase. */
export const keyRules: readonly SecretRule[] = [
  pemRule({
    id: "rsa-private-key",
    title: "RSA private key",
    label: "RSA PRIVATE KEY",
    validate: plainPemKey,
    severity: "critical",
  }),
  pemRule({
    id: "rsa-private-key-encrypted",
    title: "RSA private key, encrypted",
    label: "RSA PRIVATE KEY",
    validate: encryptedPemKey,
    severity: "low",
  }),
  pemRule({
    id: "ec-private-key",
    title: "EC private key",
    label: "EC PRIVATE KEY",
    validate: plainPemKey,
    severity: "critical",
  }),
  pemRule({
    id: "ec-private-key-encrypted",
    title: "EC private key, encrypted",
    label: "EC PRIVATE KEY",
    validate: encryptedPemKey,
    severity: "low",
  }),
  pemRule({
    id: "dsa-private-key",
    title: "DSA private key",
    label: "DSA PRIVATE KEY",
    validate: plainPemKey,
    severity: "high",
  }),
  pemRule({
    id: "pkcs8-private-key",
    title: "Private key (PKCS #8)",
    label: "PRIVATE KEY",
    validate: plainPemKey,
    severity: "critical",
  }),
  pemRule({
    id: "pkcs8-private-key-encrypted",
    title: "Private key (PKCS #8), encrypted",
    label: "ENCRYPTED PRIVATE KEY",
    validate: encryptedPemKey,
    severity: "low",
  }),
  pemRule({
    id: "openssh-private-key",
    title: "OpenSSH private key",
    label: "OPENSSH PRIVATE KEY",
    validate: plainPemKey,
    severity: "critical",
  }),
  pemRule({
    id: "openssh-private-key-encrypted",
    title: "OpenSSH private key, encrypted",
    label: "OPENSSH PRIVATE KEY",
    validate: encryptedPemKey,
    severity: "low",
  }),
  {
    id: "pgp-private-key",
    title: "PGP private key",
    keywords: ["BEGIN PGP PRIVATE KEY BLOCK"],
    pattern: pem("PGP PRIVATE KEY BLOCK", 100),
    before: 8,
    after: 16_384,
    confidence: "high",
    severity: "high",
    reference: "https://www.rfc-editor.org/rfc/rfc9580#name-forming-ascii-armor",
  },
  {
    id: "ssh2-private-key",
    title: "SSH.com private key",
    keywords: ["BEGIN SSH2 ENCRYPTED PRIVATE KEY"],
    pattern:
      /(?<secret>---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----[A-Za-z0-9+/=\s:"@._,\\-]{60,8000}?---- END SSH2 ENCRYPTED PRIVATE KEY ----)/,
    before: 8,
    after: 8448,
    confidence: "medium",
    severity: "medium",
    reference: "https://www.rfc-editor.org/rfc/rfc4716",
  },
  {
    id: "putty-private-key",
    title: "PuTTY private key",
    keywords: ["PuTTY-User-Key-File-"],
    pattern:
      /(?<secret>PuTTY-User-Key-File-[1-3]: [a-z0-9@.-]{4,60}\r?\nEncryption: none\r?\nComment: [^\r\n]{0,200}\r?\nPublic-Lines: [0-9]{1,3}\r?\n[A-Za-z0-9+/=\r\n]{40,8000}Private-Lines: [0-9]{1,3}\r?\n[A-Za-z0-9+/=\r\n]{30,8000}Private-MAC: [a-f0-9]{40,64})/,
    before: 8,
    after: 16_384,
    confidence: "high",
    severity: "critical",
    reference: ppk,
  },
  {
    id: "putty-private-key-encrypted",
    title: "PuTTY private key, encrypted",
    keywords: ["PuTTY-User-Key-File-"],
    pattern: /(?<secret>PuTTY-User-Key-File-[1-3]: [a-z0-9@.-]{4,60}\r?\nEncryption: aes256-cbc\r?\n)/,
    before: 8,
    confidence: "high",
    severity: "low",
    reference: ppk,
  },
  token({
    id: "age-secret-key",
    title: "age secret key",
    keywords: ["AGE-SECRET-KEY-1"],
    body: "AGE-SECRET-KEY-1[AC-HJ-NP-Z02-9]{58}",
    validate: bech32Checksum,
    severity: "critical",
    reference: "https://github.com/C2SP/C2SP/blob/main/age.md",
  }),
  token({
    id: "age-plugin-identity",
    title: "age plugin identity",
    keywords: ["AGE-PLUGIN-"],
    body: "AGE-PLUGIN-[A-Z0-9]{2,24}-1[AC-HJ-NP-Z02-9]{6,200}",
    validate: bech32Checksum,
    severity: "medium",
    reference: "https://github.com/C2SP/C2SP/blob/main/age-plugin.md",
  }),
  assigned({
    id: "wireguard-private-key",
    title: "WireGuard private key",
    keywords: ["PrivateKey", "private_key", "PresharedKey"],
    names: "\\b(?:Private|Preshared)_?Key",
    exact: true,
    value: "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=",
    minEntropy: 4,
    confidence: "high",
    severity: "critical",
    reference: "https://www.wireguard.com/quickstart/",
  }),
  token({
    id: "minisign-secret-key",
    title: "minisign or signify secret key",
    keywords: ["RWRTY0Iy", "RWQAAEIy"],
    body: "RW(?:RTY0Iy|QAAEIy)[A-Za-z0-9+/]{204}={0,2}",
    reference: "https://jedisct1.github.io/minisign/",
  }),
  {
    id: "cosign-private-key",
    title: "cosign private key, encrypted",
    keywords: ["BEGIN ENCRYPTED SIGSTORE PRIVATE KEY", "BEGIN ENCRYPTED COSIGN PRIVATE KEY"],
    pattern:
      /(?<secret>-----BEGIN ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY-----(?:[^-]|-(?!----)){100,4000}-----END ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY-----)/,
    before: 8,
    after: 4352,
    confidence: "high",
    severity: "low",
    reference: "https://docs.sigstore.dev/cosign/key_management/overview/",
  },
  {
    id: "ansible-vault",
    title: "Ansible Vault file, encrypted",
    keywords: ["$ANSIBLE_VAULT;"],
    pattern: /(?<secret>\$ANSIBLE_VAULT;1\.[12];AES256(?:;[^\r\n]{1,80})?)\r?\n\s{0,32}[0-9a-f]{60,80}/,
    confidence: "high",
    severity: "negligible",
    reference: "https://docs.ansible.com/ansible/latest/vault_guide/vault_using_encrypted_content.html",
  },
  {
    id: "sops-encrypted-value",
    title: "SOPS file, encrypted",
    keywords: ["ENC[AES256_GCM,"],
    pattern:
      /(?:mac|sops_mac)["']?[:=]\s{0,4}["']?(?<secret>ENC\[AES256_GCM,data:[A-Za-z0-9+/=]{20,200},iv:[A-Za-z0-9+/=]{20,60},tag:[A-Za-z0-9+/=]{20,30},type:str\])/,
    after: 400,
    confidence: "high",
    severity: "negligible",
    reference: "https://getsops.io/docs/",
  },
  {
    id: "jwk-private-key",
    title: "Private JSON Web Key",
    keywords: ['"kty"'],
    pattern: /"d"\s{0,4}:\s{0,4}"(?<secret>[A-Za-z0-9_-]{42,700})"/,
    before: 1024,
    after: 1024,
    validate: (secret, match) =>
      decodeBase64(secret) !== undefined && /"kty"\s{0,4}:\s{0,4}"(?:RSA|EC|OKP)"/.test(match.input)
        ? "valid"
        : "invalid",
    minEntropy: 4,
    confidence: "high",
    severity: "critical",
    reference: "https://www.rfc-editor.org/rfc/rfc7518#section-6",
  },
];
