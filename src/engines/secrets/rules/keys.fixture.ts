import {
  dsaDer,
  ecDer,
  ecEncryptedPem,
  openSshBytes,
  pemBlock,
  pkcs8Der,
  pkcs8EncryptedDer,
  rsaDer,
  rsaEncryptedPem,
} from "./pem.fixture.ts";
import { alnum, base64, base64url, butNot, hex, type Samples, texts } from "./samples.fixture.ts";
import { bech32ChecksumOf } from "./validate/bech32.ts";

const noKey = Buffer.from(alnum(200), "latin1");
const openSsh = "OPENSSH PRIVATE KEY";
const rsa = pemBlock("RSA PRIVATE KEY", rsaDer);
const ec = pemBlock("EC PRIVATE KEY", ecDer);

/** A key as it is, indented, and within a string; the block without a key in it is none. */
const block = (text: string, ...missed: readonly string[]): Samples => ({
  found: [text, `key: |\n${text.replace(/^/gm, "    ")}\n`, `{"k": "${text.replace(/\n/g, "\\n")}"}`],
  missed: [text.replace(/\n[\s\S]*\n/, `\n${noKey.toString("base64")}\n`), text.slice(0, -20), ...missed],
});

const data = "qpzry9x8gf2tvdw0s3jn54khce6mua7lqpzry9x8gf2tvdw0s3jn";
const age = `age-secret-key-1${data}${bech32ChecksumOf("age-secret-key-", data)}`.toUpperCase();
const plugin = `age-plugin-yubikey-1${data}${bech32ChecksumOf("age-plugin-yubikey-", data)}`.toUpperCase();

const putty = (encryption: string): string =>
  [
    "PuTTY-User-Key-File-3: ssh-ed25519",
    `Encryption: ${encryption}`,
    "Comment: somebody",
    "Public-Lines: 2",
    base64(64),
    base64(20),
    "Private-Lines: 1",
    base64(48),
    `Private-MAC: ${hex(64)}`,
    "",
  ].join("\n");

const jwk = (kind: string): string => JSON.stringify({ kty: kind, crv: "P-256", x: base64url(43), d: base64url(43) });
const sshCom = (end: string): string =>
  `---- BEGIN SSH2 ${"ENCRYPTED"} PRIVATE KEY ----\nComment: "x"\n${base64(64)}\n${base64(64)}\n---- ${end}`;
const armoured = (text: string): string => pemBlock("PGP PRIVATE KEY BLOCK", Buffer.from(text, "latin1"), "Version: x");
const sops = `ENC[AES256_GCM,data:${base64(60)}=,iv:${base64(43)}=,tag:${base64(22)}==,type:str]`;

export const keySamples: Readonly<Record<string, Samples>> = {
  "rsa-private-key": block(rsa, rsaEncryptedPem, pemBlock("RSA PUBLIC KEY", rsaDer)),
  "rsa-private-key-encrypted": texts([rsaEncryptedPem], [rsa, rsaEncryptedPem.replace(/DEK-Info[^\n]*\n/, "")]),
  "ec-private-key": block(ec, ecEncryptedPem),
  "ec-private-key-encrypted": texts([ecEncryptedPem], [ec]),
  "dsa-private-key": block(pemBlock("DSA PRIVATE KEY", dsaDer)),
  "pkcs8-private-key": block(pemBlock("PRIVATE KEY", pkcs8Der), pemBlock("PRIVATE KEY", pkcs8EncryptedDer)),
  "pkcs8-private-key-encrypted": texts(
    [pemBlock("ENCRYPTED PRIVATE KEY", pkcs8EncryptedDer)],
    [pemBlock("ENCRYPTED PRIVATE KEY", noKey), pemBlock("ENCRYPTED PRIVATE KEY", pkcs8Der)],
  ),
  "openssh-private-key": block(
    pemBlock(openSsh, openSshBytes("none")),
    pemBlock(openSsh, openSshBytes("aes256-ctr")),
    pemBlock(openSsh, openSshBytes("none", [7, 8])),
  ),
  "openssh-private-key-encrypted": texts(
    [pemBlock(openSsh, openSshBytes("aes256-ctr"))],
    [pemBlock(openSsh, openSshBytes("none")), pemBlock(openSsh, noKey)],
  ),
  "pgp-private-key": texts([armoured(alnum(400))], [armoured(alnum(20)), armoured(alnum(400)).slice(0, -30)]),
  "ssh2-private-key": texts([sshCom(`END SSH2 ${"ENCRYPTED"} PRIVATE KEY ----`)], [sshCom("END")]),
  "putty-private-key": texts([putty("none")], [putty("aes256-cbc"), putty("none").slice(0, 120)]),
  "putty-private-key-encrypted": texts([putty("aes256-cbc")], [putty("none")]),
  "age-secret-key": butNot(age, `${age.slice(0, -1)}${age.endsWith("Q") ? "P" : "Q"}`, age.slice(0, -1)),
  "age-plugin-identity": butNot(plugin, `${plugin.slice(0, -1)}${plugin.endsWith("Q") ? "P" : "Q"}`),
  "wireguard-private-key": {
    found: [`[Interface]\nPrivateKey = ${base64(42)}k=\n`, `PresharedKey=${base64(42)}A=`],
    missed: [`[Interface]\nPrivateKey = ${base64(42)}z=\n`, `PublicKey = ${base64(42)}k=\n`],
  },
  "minisign-secret-key": texts([`untrusted comment: key\nRWRTY0Iy${base64(204)}`], [`RWRTY0Iy${base64(48)}`]),
  "cosign-private-key": texts(
    [pemBlock(["ENCRYPTED", "SIGSTORE", "PRIVATE", "KEY"].join(" "), noKey)],
    [pemBlock("SIGSTORE PUBLIC KEY", noKey)],
  ),
  "ansible-vault": texts(
    [`$ANSIBLE_VAULT;1.1;AES256\n${hex(80)}\n`],
    ["$ANSIBLE_VAULT;1.1;AES256\nplain text\n", "$ANSIBLE_VAULT"],
  ),
  "sops-encrypted-value": texts(
    [`    mac: ${sops}\n`, `"mac": "${sops}"`],
    [`password: ${sops}`, "mac: ENC[AES256_GCM,data:x]"],
  ),
  "jwk-private-key": texts([jwk("EC"), jwk("OKP")], [jwk("oct"), JSON.stringify({ kty: "EC", x: base64url(43) })]),
};
