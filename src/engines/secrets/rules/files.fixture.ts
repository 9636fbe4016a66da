import { pemBlock, pkcs8EncryptedDer, pkcs8RsaDer, rsaDer } from "./pem.fixture.ts";
import { alnum, encoded, hex, jwtOf, type Samples, texts } from "./samples.fixture.ts";

const password = alnum(14, "password");
const escaped = (pem: string): string =>
  JSON.stringify({ type: "service_account", private_key_id: hex(40), private_key: `${pem}\n` });
const dockerConfig = { auths: { "registry.acme-corp.io": { auth: encoded(`ci:${password}`) } } };
const kubeconfig = (token: string): string =>
  `apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    client-certificate-data: x\n    token: ${token}\n`;
const apr1 = `$apr1$${alnum(8)}$${alnum(22)}`;

export const fileSamples: Readonly<Record<string, Samples>> = {
  "gcp-service-account-key": texts(
    [escaped(pemBlock("PRIVATE KEY", pkcs8RsaDer)), `key='${escaped(pemBlock("PRIVATE KEY", pkcs8RsaDer))}'`],
    [
      escaped(pemBlock("PRIVATE KEY", Buffer.from(alnum(600), "latin1"))),
      escaped(pemBlock("PRIVATE KEY", pkcs8EncryptedDer)),
    ],
  ),
  "docker-config-auth": texts(
    [JSON.stringify(dockerConfig, undefined, 2), JSON.stringify(dockerConfig)],
    [
      JSON.stringify({ auth: encoded("nocolonhere") }),
      JSON.stringify({ auth: encoded("user:<password>") }),
      '"auth": "required"',
    ],
  ),
  "docker-config-identity-token": texts(
    [`{"identitytoken": "${alnum(40)}"}`],
    ['{"identitytoken": ""}', `{"token": "${alnum(40)}"}`],
  ),
  "kubernetes-docker-config-json": texts(
    [`.dockerconfigjson: ${encoded(JSON.stringify(dockerConfig))}`],
    [
      `.dockerconfigjson: ${encoded('{"auths":{"registry.acme-corp.io":{}}}').replace("=", "")}`,
      ".dockerconfigjson: eyJhdXRocyI6",
    ],
  ),
  "kubeconfig-client-key": texts(
    [`    client-key-data: ${encoded(pemBlock("RSA PRIVATE KEY", rsaDer))}\n`],
    [
      `    client-key-data: ${encoded(alnum(200))}\n`,
      `    client-certificate-data: ${encoded(pemBlock("RSA PRIVATE KEY", rsaDer))}\n`,
    ],
  ),
  "kubeconfig-token": texts(
    [kubeconfig(alnum(40)), kubeconfig(jwtOf({ sub: "x" }))],
    [kubeconfig("REDACTED"), kubeconfig("<token of the service account>"), `token: ${alnum(40)}`],
  ),
  "netrc-password": texts(
    [
      `machine git.acme-corp.io login ci password ${password}`,
      `machine a\n  login b\n  password ${password}\n`,
      `machine\n\tgit.acme-corp.io\nlogin\tci\npassword\n${" ".repeat(20)}${password}\n`,
      `machine git.acme-corp.io\npassword ${password}\n`,
      `machine a login b account c password ${password}`,
    ],
    [
      "the machine room\npassword protected",
      "machine a login b password $PASS",
      "machine learning: the password is reset",
      "machine a login b",
    ],
  ),
  "pgpass-password": texts(
    [`db.acme-corp.io:5432:app:ci:${password}\n`, `*:*:*:*:${password}`],
    ["# db:5432:app:ci:x y z w", "db:5432:app:ci\n"],
    "home/.pgpass",
  ),
  "htpasswd-hash": texts(
    [`admin:${apr1}\n`, `u:$2y$05$${alnum(53)}\n`, `u:{SHA}${alnum(27)}=\n`],
    [`admin:${apr1.slice(0, -1)}\n`, apr1],
  ),
  "shadow-hash": texts(
    [
      `root:$6$${alnum(8)}$${alnum(86)}:19000:0:99999:7:::\n`,
      `app:$y$j9T$${alnum(22)}$${alnum(43)}:1::\n`,
      `u:$1$${alnum(8)}$${alnum(22)}`,
    ],
    ["root:*:19000:0:99999:7:::\n", `root:$6$${alnum(8)}$${alnum(40)}:1:\n`, "root:!:1:"],
  ),
  "mysql-client-password": texts(
    [`[client]\nuser=a\npassword=${password}\n`],
    ["[client]\nuser=a\npassword=\n", `[client]\npassword=\${P}\n`, `# password=${password}`],
    "etc/mysql/debian.cnf",
  ),
  "npmrc-password": texts(
    [`//npm.acme-corp.io/:_password=${encoded(password)}\n`, `_auth=${encoded(`u:${password}`)}`],
    [`//npm.acme-corp.io/:_password=\${P}\n`, "always-auth=true"],
    ".npmrc",
  ),
  "npmrc-auth-token": texts(
    [`//npm.acme-corp.io/:_authToken=${alnum(36)}\n`],
    [`//npm.acme-corp.io/:_authToken=\${NPM_TOKEN}\n`, "_authToken="],
  ),
  "yarn-auth-token": texts([`npmAuthToken: "${alnum(36)}"`], [`npmAuthToken: "\${TOKEN}"`, "npmAuthToken: x"]),
};
