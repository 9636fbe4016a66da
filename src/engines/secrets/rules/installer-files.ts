import type { SecretRule } from "../rule.ts";
import { inFiles } from "./forms.ts";
import { basicCredentials } from "./validate/base64.ts";
import { isPlaceholder, passwordValidity } from "./validate/password.ts";

type Given = Pick<SecretRule, "id" | "title" | "keywords" | "pattern" | "reference"> & Partial<SecretRule>;

/** A password in a form that its program's manual gives. */
function manual(rule: Given): SecretRule {
  return { validate: passwordValidity, confidence: "high", severity: "high", ...rule };
}

/** Files of daemons and installers: what they read as a password, in their own words. */
export const installerFileRules: readonly SecretRule[] = [
  manual({
    id: "fetchmail-password",
    title: "Password in fetchmail's configuration",
    keywords: ["pass "],
    pattern: /^(?!#)[^\r\n#]{0,240}?\bpass[ \t]{1,8}"?(?<secret>[^\s"#][^\s"]{3,160})/m,
    before: 264,
    paths: inFiles(".fetchmailrc", "fetchmailrc"),
    reference: "https://www.fetchmail.info/fetchmail-man.html",
  }),
  manual({
    id: "mongo-shell-password",
    title: "Password in a script of MongoDB's shell",
    keywords: ["db.auth("],
    pattern: /\bdb\.auth\(\s{0,8}["'][^"'\r\n]{1,80}["']\s{0,8},\s{0,8}["'](?<secret>[^"'\r\n]{3,160})["']/,
    before: 4,
    after: 300,
    reference: "https://www.mongodb.com/docs/manual/reference/method/db.auth/",
  }),
  manual({
    id: "redis-replica-password",
    title: "Password of Redis' primary, for its replicas or Sentinel",
    keywords: ["auth-pass", "masterauth", "sentinel-pass"],
    pattern:
      /^[ \t]{0,8}(?:sentinel[ \t]{1,8}(?:auth-pass[ \t]{1,8}[\w.-]{1,80}|sentinel-pass)|masterauth)[ \t]{1,8}"?(?<secret>[^\s"#][^\s"]{3,200})/m,
    after: 320,
    reference: "https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/",
  }),
  manual({
    id: "redis-acl-password",
    title: "Password in an access list of Redis",
    keywords: ["user "],
    pattern: /^[ \t]{0,8}user[ \t]{1,8}\S{1,80}[ \t](?:[^\r\n]{0,200}?[ \t])??>(?<secret>[^\s<>][^\s]{3,120})/m,
    before: 8,
    after: 440,
    paths: inFiles("redis.conf", "valkey.conf", "sentinel.conf", "*.acl"),
    reference: "https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/",
  }),
  manual({
    id: "gossip-encryption-key",
    title: "Key of the gossip between Consul's or Nomad's agents",
    keywords: ["encrypt"],
    pattern: /(?<![\w.-])"?encrypt"?\s{0,4}[=:]\s{0,4}"(?<secret>[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{43}=)"/,
    before: 4,
    after: 80,
    minEntropy: 3,
    reference: "https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/encryption",
  }),
  manual({
    id: "consul-agent-token",
    title: "Token of a Consul agent",
    keywords: ["tokens {", "tokens = {", "tokens={", '"tokens"'],
    pattern:
      /\btokens"?\s{0,4}[:=]?\s{0,4}\{[^{}]{0,400}?"?\b(?:agent|agent_recovery|default|initial_management|master|replication|config_file_service_registration|dns)"?\s{0,4}[=:]\s{0,4}"(?<secret>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"/,
    before: 4,
    after: 560,
    minEntropy: 3,
    reference: "https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/acl",
  }),
  manual({
    id: "ipsec-secret",
    title: "Shared key or password of an IPsec connection",
    keywords: [": psk", ":psk", ": eap", ":eap", ": xauth", ":xauth"],
    pattern: /^(?!#)[^\r\n#"]{0,240}:[ \t]{0,4}(?:PSK|EAP|XAUTH|NTLM)[ \t]{1,8}"(?<secret>[^"\r\n]{4,200})"/im,
    before: 248,
    paths: inFiles("ipsec.secrets", "*.secrets"),
    reference: "https://docs.strongswan.org/docs/latest/config/ipsecSecrets.html",
  }),
  manual({
    id: "davfs-password",
    title: "Password in davfs2's secrets",
    keywords: ["https://", "http://", "proxy"],
    pattern: /^(?!#)\S{3,300}[ \t]{1,8}"?[^\s"]{1,120}"?[ \t]{1,8}"?(?<secret>[^\s"#][^\s"]{3,160})"?[ \t]{0,8}$/m,
    after: 640,
    paths: inFiles("davfs2/secrets", ".davfs2/secrets"),
    reference: "https://man.archlinux.org/man/davfs2.conf.5",
  }),
  manual({
    id: "endpoint-key-base",
    title: "Key that a Phoenix or Rails application signs with",
    keywords: ["secret_key_base"],
    pattern: /secret_key_base["']?:?\s{0,4}(?:[:=]|=>)\s{0,4}["'](?<secret>[A-Za-z0-9+/=_-]{40,200})["']/,
    before: 4,
    minEntropy: 3.5,
    reference: "https://hexdocs.pm/phoenix/Phoenix.Endpoint.html",
  }),
  manual({
    id: "cloud-init-password",
    title: "Password that cloud-init sets",
    keywords: ["chpasswd:"],
    pattern:
      /\bchpasswd:[^\r\n]{0,40}\r?\n(?:[^\r\n]{0,80}\r?\n){0,3}?[ \t]{1,8}list:[ \t]{0,4}[|>][+-]?[ \t]{0,4}\r?\n(?:[ \t]{1,16}[\w.-]{1,40}:R(?:ANDOM)?\r?\n){0,4}[ \t]{1,16}[\w.-]{1,40}:(?!R(?:ANDOM)?\s)(?<secret>[^\s$<{][^\s]{3,120})/,
    before: 4,
    after: 800,
    reference: "https://cloudinit.readthedocs.io/en/latest/reference/modules.html#set-passwords",
  }),
  manual({
    id: "installed-crypt-hash",
    title: "Password hash that an installer sets",
    keywords: ["passwd:", "--iscrypted", "password-crypted"],
    pattern:
      /(?:\b(?:hashed_|hashed-)?passwd:[ \t]{1,4}["']?|--iscrypted[ \t]{1,4}(?:--[a-z-]{1,20}[ \t]{1,4}){0,2}["']?|password-crypted[ \t]{1,8}password[ \t]{1,8})(?<secret>\$(?:[156]\$(?:rounds=\d{4,9}\$)?[A-Za-z0-9./]{1,16}\$[A-Za-z0-9./]{22,86}|y\$[A-Za-z0-9./]{2,16}\$[A-Za-z0-9./]{1,88}\$[A-Za-z0-9./]{43}))/,
    after: 320,
    severity: "medium",
    validate: () => "valid",
    reference: "https://cloudinit.readthedocs.io/en/latest/reference/modules.html#users-and-groups",
  }),
  manual({
    id: "kickstart-root-password",
    title: "Root's password in a kickstart file",
    keywords: ["rootpw "],
    pattern:
      /^[ \t]{0,8}rootpw[ \t]{1,8}(?:--(?:plaintext|allow-ssh)[ \t]{1,8}){1,2}["']?(?<secret>[^\s"'$<-][^\s"']{3,120})/m,
    before: 8,
    reference: "https://pykickstart.readthedocs.io/en/latest/kickstart-docs.html#rootpw",
  }),
  manual({
    id: "preseed-password",
    title: "Password in a preseed file of Debian's installer",
    keywords: ["passwd/root-password", "passwd/user-password"],
    pattern: /passwd\/(?:root|user)-password(?:-again)?[ \t]{1,8}password[ \t]{1,8}(?<secret>[^\s$<[][^\s]{3,120})/,
    before: 4,
    reference: "https://www.debian.org/releases/stable/amd64/apbs04.en.html#preseed-account",
  }),
  manual({
    id: "unattend-password",
    title: "Password in an answer file of Windows' setup",
    keywords: ["password>"],
    pattern: /<(?:[A-Za-z]{1,40})?Password>\s{0,80}<Value>(?<secret>[^<>\r\n]{3,400})<\/Value>/,
    before: 48,
    after: 540,
    reference: "https://learn.microsoft.com/en-us/windows-hardware/customize/desktop/unattend/",
  }),
  manual({
    id: "haproxy-user-password",
    title: "Password of a user in HAProxy's configuration",
    keywords: ["insecure-password", "stats auth"],
    pattern:
      /(?:\binsecure-password[ \t]{1,8}|\bstats[ \t]{1,8}auth[ \t]{1,8}[^\s:]{1,80}:)(?<secret>[^\s$<][^\s]{3,120})/,
    before: 4,
    reference: "https://docs.haproxy.org/dev/configuration.html#3.4",
  }),
  manual({
    id: "proxied-basic-credentials",
    title: "Basic credentials that a proxy sends on",
    keywords: ["authorization"],
    pattern: /\bAuthorization["']?[ \t]{1,8}["']?Basic[ \t]{1,4}(?<secret>[A-Za-z0-9+/]{8,400}={0,2})["']?/i,
    before: 4,
    after: 460,
    validate(secret) {
      const credentials = basicCredentials(secret);
      return credentials === undefined || isPlaceholder(credentials.password) ? "invalid" : "valid";
    },
    reference: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header",
  }),
];
