import { alnum, encoded, hex, type Samples, texts } from "./samples.fixture.ts";

const password = alnum(14, "installers");
const gossip = `${alnum(42, "gossip")}E=`;
const crypt = `$6$${alnum(12)}$${alnum(86)}`;
const uuid = `${hex(8)}-${hex(4, "a")}-${hex(4, "b")}-${hex(4, "c")}-${hex(12, "d")}`;

export const installerFileSamples: Readonly<Record<string, Samples>> = {
  "fetchmail-password": texts(
    [`poll imap.acme-corp.io user ann pass ${password}\n`, `  user "ann" pass "${password}"\n`],
    ["# poll a user b pass secret\n", "poll imap.acme-corp.io user ann ssl\n", "user ann pass <password>\n"],
    ".fetchmailrc",
  ),
  "mongo-shell-password": texts(
    [`db.auth("ann", "${password}");`, `db.auth( 'ann' , '${password}' )`],
    ["db.auth(user, password);", 'db.auth("ann", passwordPrompt());', 'db.auth("ann", "<password>");'],
  ),
  "redis-replica-password": texts(
    [`sentinel auth-pass mymaster ${password}\n`, `masterauth "${password}"\n`, `sentinel sentinel-pass ${password}\n`],
    ["# masterauth secret\n", "sentinel auth-pass mymaster <password>\n", "masteruser ann\n"],
  ),
  "redis-acl-password": texts(
    [`user ann on >${password} ~* +@all\n`, `user ann >${password}\n`],
    ["user default on nopass ~* +@all\n", `user ann on #${hex(64)} ~*\n`, "user ann on ><password>\n"],
    "etc/redis/users.acl",
  ),
  "gossip-encryption-key": texts(
    [`encrypt = "${gossip}"`, `{"encrypt": "${alnum(22, "old")}=="}`],
    ['encrypt = "REPLACE_ME"', `encrypt_key_id = "${gossip}"`, "encrypt = true"],
  ),
  "consul-agent-token": texts(
    [`acl {\n  tokens {\n    agent = "${uuid}"\n  }\n}`, `{"acl": {"tokens": {"default": "${uuid}"}}}`],
    [`node_id = "${uuid}"`, "tokens {\n  agent = var.token\n}", `tokens { name = "${uuid}" }`],
  ),
  "ipsec-secret": texts(
    [`vpn.acme-corp.io : PSK "${password}"\n`, `ann : EAP "${password}"\n`, `: XAUTH "${password}"\n`],
    ["vpn.acme-corp.io : RSA vpn.key\n", '# a : PSK "secret"\n', 'a : PSK "<key>"\n'],
    "etc/ipsec.secrets",
  ),
  "davfs-password": texts(
    [`https://dav.acme-corp.io/ ann "${password}"\n`, `http://dav.acme-corp.io ann ${password}\n`],
    ["# https://dav.acme-corp.io/ ann secret\n", "https://dav.acme-corp.io/ ann\n", "https://a/ ann <password>\n"],
    "home/ann/.davfs2/secrets",
  ),
  "endpoint-key-base": texts(
    [`secret_key_base: "${alnum(64, "phoenix")}"`, `"secret_key_base" => '${hex(128)}'`],
    ['secret_key_base: System.fetch_env!("KEY")', 'secret_key_base: "short"', `secret_key_base: "${"a".repeat(64)}"`],
  ),
  "cloud-init-password": texts(
    [
      `chpasswd:\n  list: |\n    root:${password}\n`,
      `chpasswd:\n  expire: false\n  list: |\n    ann:RANDOM\n    root:${password}\n`,
    ],
    [
      "chpasswd:\n  expire: false\n",
      "chpasswd:\n  list: |\n    root:RANDOM\n",
      "chpasswd:\n  list: |\n    root:<pw>\n",
    ],
  ),
  "installed-crypt-hash": texts(
    [
      `    passwd: ${crypt}`,
      `    hashed_passwd: "${crypt}"`,
      `rootpw --iscrypted ${crypt}`,
      `d-i passwd/root-password-crypted password ${crypt}`,
    ],
    ["    passwd: ann", "rootpw --iscrypted !!", "d-i passwd/root-password-crypted password [hash]"],
  ),
  "kickstart-root-password": texts(
    [`rootpw --plaintext ${password}\n`, `rootpw --allow-ssh --plaintext "${password}"\n`],
    ["rootpw --lock\n", `rootpw --iscrypted ${crypt}\n`, "rootpw --plaintext <password>\n"],
  ),
  "preseed-password": texts(
    [`d-i passwd/root-password password ${password}`, `d-i passwd/user-password-again password ${password}`],
    ["d-i passwd/root-password password\n", "d-i passwd/user-fullname string Ann", "passwd/root-password password <p>"],
  ),
  "unattend-password": texts(
    [
      `<AdministratorPassword>\n  <Value>${password}</Value>\n  <PlainText>true</PlainText>`,
      `<Password><Value>${password}</Value></Password>`,
    ],
    [
      "<Password>\n  <Value></Value>\n</Password>",
      `<Name>\n<Value>${password}</Value>`,
      "<Password><Value>%PW%</Value>",
    ],
  ),
  "haproxy-user-password": texts(
    [`  user ann insecure-password ${password}`, `  stats auth admin:${password}`],
    ["  user ann password $HASH", "  stats auth admin:$PASS", "  stats auth admin:<password>"],
  ),
  "proxied-basic-credentials": texts(
    [`proxy_set_header Authorization "Basic ${encoded(`ann:${password}`)}";`],
    [
      "proxy_set_header Authorization $http_authorization;",
      'proxy_set_header Authorization "Basic realm";',
      `Authorization "Basic ${encoded("ann:<password>")}"`,
    ],
  ),
};
