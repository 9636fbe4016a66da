import { isExpression } from "../reference.ts";
import type { SecretRule, SecretValidity } from "../rule.ts";
import { inFiles } from "./forms.ts";
import { leadsToLogin } from "./leads.ts";
import { basicCredentials, decodeBase64, decodeBase64Json } from "./validate/base64.ts";
import { isPlaceholder, passwordValidity } from "./validate/password.ts";
import { plainPemKey } from "./validate/pem.ts";

function basic(secret: string): SecretValidity {
  const credentials = basicCredentials(secret);
  return credentials === undefined || isPlaceholder(credentials.password) ? "invalid" : "valid";
}

/** A key of a service account as it stands in JSON: `\n` for the line ends. */
function jsonKey(secret: string): SecretValidity {
  return plainPemKey(secret.replace(/(?:\\n){1,4}$/, ""));
}

/** base64 of a PEM block, as kubeconfig holds keys. */
function base64Key(secret: string): SecretValidity {
  return plainPemKey(decodeBase64(secret)?.toString("latin1").trim() ?? "");
}

/** Files of credentials: cloud, cluster and registry configuration, password files of programs and of the system. */
export const fileRules: readonly SecretRule[] = [
  {
    id: "gcp-service-account-key",
    title: "Google Cloud service account key",
    keywords: ['"private_key"', '\\"private_key\\"'],
    pattern:
      /\\?"private_key\\?"\s{0,4}:\s{0,4}\\?"(?<secret>-----BEGIN (?:RSA )?PRIVATE KEY-----(?:[^-"]|-(?!----)){200,8000}-----END (?:RSA )?PRIVATE KEY-----)/,
    before: 512,
    after: 9000,
    validate: jsonKey,
    confidence: "high",
    severity: "critical",
    reference: "https://cloud.google.com/iam/docs/keys-create-delete",
  },
  {
    id: "docker-config-auth",
    title: "Registry password in a Docker configuration",
    keywords: ['"auth"'],
    pattern: /\\?"auth\\?"\s{0,8}:\s{0,8}\\?"(?<secret>[A-Za-z0-9+/]{8,4000}={0,2})\\?"/,
    before: 8,
    after: 4200,
    validate: basic,
    confidence: "high",
    severity: "high",
    reference: "https://docs.docker.com/reference/cli/docker/login/#credential-stores",
  },
  {
    id: "docker-config-identity-token",
    title: "Identity token in a Docker configuration",
    keywords: ['"identitytoken"', '"registrytoken"'],
    pattern: /"(?:identity|registry)token"\s{0,8}:\s{0,8}"(?<secret>[A-Za-z0-9._~+/=-]{20,4000})"/,
    after: 4200,
    minEntropy: 3.5,
    confidence: "high",
    severity: "high",
    reference: "https://docs.docker.com/reference/cli/docker/login/",
  },
  {
    id: "kubernetes-docker-config-json",
    title: "Registry passwords in a Kubernetes Secret",
    keywords: ["eyJhdXRocyI6", "ewogICJhdXRocyI6", "ewoJImF1dGhzIjog"],
    pattern:
      /(?<![A-Za-z0-9+/])(?<secret>(?:eyJhdXRocyI6|ewogICJhdXRocyI6|ewoJImF1dGhzIjog)[A-Za-z0-9+/]{40,8000}={0,2})/,
    before: 8,
    after: 8192,
    validate: (secret) =>
      /"auth"|"password"/.test(JSON.stringify(decodeBase64Json(secret) ?? "")) ? "valid" : "invalid",
    confidence: "high",
    severity: "high",
    reference: "https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/",
  },
  {
    id: "kubeconfig-client-key",
    title: "Client key in a kubeconfig",
    keywords: ["client-key-data"],
    pattern: /client-key-data["']?:\s{0,4}["']?(?<secret>[A-Za-z0-9+/]{100,8000}={0,2})(?![A-Za-z0-9+/=])/,
    before: 8,
    after: 8192,
    validate: base64Key,
    confidence: "high",
    severity: "critical",
    reference: "https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/",
  },
  {
    id: "kubeconfig-token",
    title: "Token in a kubeconfig",
    keywords: ["token:"],
    pattern:
      /- name: [^\r\n]{1,120}\r?\n {0,8}user:\r?\n(?: {1,12}[a-z-]{2,40}: [^\r\n]{0,120}\r?\n){0,4} {1,12}token: ["']?(?<secret>[A-Za-z0-9._-]{16,2000})/,
    before: 512,
    after: 2100,
    minEntropy: 3,
    validate: passwordValidity,
    confidence: "high",
    severity: "critical",
    reference: "https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/",
  },
  {
    id: "netrc-password",
    title: "Password in a .netrc file",
    keywords: ["machine"],
    // Words are parted by any white space. Without a login the words are too near to prose: a host and a line break.
    pattern:
      /machine\s{1,64}(?:[^\s]{1,253}(?:\s{1,64}(?:login|account|port)\s{1,64}[^\s]{1,160}){1,3}\s{1,64}|[^\s.]{1,63}\.[^\s]{1,190}[ \t]{0,64}\r?\n\s{0,64})password\s{1,64}(?<secret>[^\s"'\\]{2,400})/,
    after: 1_700,
    leads: leadsToLogin,
    validate: passwordValidity,
    confidence: "high",
    severity: "high",
    reference: "https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html",
  },
  {
    id: "pgpass-password",
    title: "Password in a .pgpass file",
    keywords: [":543", ":*:", ":643"],
    pattern: /^(?!#)[^\s:#]{1,253}:(?:\d{2,5}|\*):[^:\r\n]{1,63}:[^:\r\n]{1,63}:(?<secret>(?:[^\r\n:\\]|\\.){1,200})$/m,
    before: 280,
    validate: passwordValidity,
    confidence: "high",
    severity: "high",
    paths: inFiles(".pgpass", "pgpass.conf", "pgpass"),
    reference: "https://www.postgresql.org/docs/current/libpq-pgpass.html",
  },
  {
    id: "htpasswd-hash",
    title: "Password hash of htpasswd",
    keywords: ["$apr1$", ":$2y$", ":$2a$", ":$2b$", ":{SHA}"],
    pattern:
      /(?:^|["'\s])[A-Za-z0-9._@-]{1,80}:(?<secret>\$apr1\$[A-Za-z0-9./]{1,8}\$[A-Za-z0-9./]{22}|\$2[aby]\$[0-9]{2}\$[A-Za-z0-9./]{53}|\{SHA\}[A-Za-z0-9+/]{27}=)(?![A-Za-z0-9./=])/m,
    confidence: "high",
    severity: "medium",
    reference: "https://httpd.apache.org/docs/2.4/misc/password_encryptions.html",
  },
  {
    id: "shadow-hash",
    title: "Password hash of crypt (/etc/shadow)",
    keywords: [":$6$", ":$5$", ":$y$", ":$1$", ":$gy$", ":$7$"],
    pattern:
      /(?:^|["'\s])[a-z_][A-Za-z0-9_.-]{0,31}\$?:(?<secret>\$(?:[56]\$(?:rounds=[0-9]{4,9}\$)?[A-Za-z0-9./]{1,16}\$(?:[A-Za-z0-9./]{86}|[A-Za-z0-9./]{43})|1\$[A-Za-z0-9./]{1,8}\$[A-Za-z0-9./]{22}|(?:y|gy|7)\$[A-Za-z0-9./]{2,16}\$[A-Za-z0-9./]{1,88}\$[A-Za-z0-9./]{43}))(?![A-Za-z0-9./])/m,
    after: 320,
    confidence: "high",
    severity: "medium",
    reference: "https://man7.org/linux/man-pages/man5/crypt.5.html",
  },
  {
    id: "mysql-client-password",
    title: "Password in a MySQL option file",
    keywords: ["password"],
    pattern: /^[ \t]{0,8}password[ \t]{0,8}=[ \t]{0,8}["']?(?<secret>[^\s"'#][^\r\n"'#]{1,160})/m,
    validate: passwordValidity,
    confidence: "high",
    severity: "high",
    paths: inFiles(".my.cnf", "my.cnf", ".mylogin.cnf", "debian.cnf", "client.cnf"),
    reference: "https://dev.mysql.com/doc/refman/8.4/en/option-files.html",
  },
  {
    id: "npmrc-password",
    title: "Password in an .npmrc file",
    keywords: ["_auth", "_password"],
    pattern:
      /(?:^|[:\s])_(?:auth|password)[ \t]{0,4}=[ \t]{0,4}["']?(?<secret>[A-Za-z0-9+/]{8,400}={0,2})(?![A-Za-z0-9+/=])/m,
    validate: (secret) => (decodeBase64(secret) === undefined ? "invalid" : "unsure"),
    confidence: "high",
    severity: "high",
    paths: inFiles(".npmrc", "npmrc", "*.npmrc"),
    reference: "https://docs.npmjs.com/cli/configuring-npm/npmrc",
  },
  {
    id: "npmrc-auth-token",
    title: "Token of a private registry in an .npmrc file",
    keywords: ["_authToken"],
    pattern: /:_authToken[ \t]{0,4}=[ \t]{0,4}["']?(?<secret>[A-Za-z0-9._~+/=-]{16,1200})/,
    after: 1280,
    minEntropy: 3,
    validate: passwordValidity,
    confidence: "high",
    severity: "high",
    reference: "https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration",
  },
  {
    id: "yarn-auth-token",
    title: "Registry token in a .yarnrc.yml file",
    keywords: ["npmAuthToken", "npmAuthIdent"],
    pattern: /npmAuth(?:Token|Ident)["']?:[ \t]{1,4}["']?(?<secret>[A-Za-z0-9._~+/=:-]{12,600})/,
    after: 680,
    minEntropy: 3,
    // In a program it may be a field of something.
    validate: (secret) => (isExpression(secret) ? "invalid" : passwordValidity(secret)),
    confidence: "high",
    severity: "high",
    reference: "https://yarnpkg.com/configuration/yarnrc#npmAuthToken",
  },
];
