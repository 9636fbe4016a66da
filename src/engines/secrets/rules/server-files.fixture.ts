import { alnum, encoded, hex, type Samples, texts } from "./samples.fixture.ts";

const password = alnum(14, "servers");

export const serverFileSamples: Readonly<Record<string, Samples>> = {
  "network-manager-key": texts(
    [`[wifi-security]\nkey-mgmt=wpa-psk\npsk=${password}\n`, `[802-1x]\npassword=${password}\n`],
    ["[wifi-security]\npsk=short\n", "[wifi-security]\npsk-flags=1\n", "psk=\n"],
    "etc/NetworkManager/system-connections/a.nmconnection",
  ),
  "postfix-sasl-password": texts(
    [`[smtp.acme-corp.io]:587 ann@acme-corp.io:${password}\n`, `mail.acme-corp.io ann:${password}\n`],
    [
      "# [smtp.acme-corp.io]:587 user:password\n\n",
      "[smtp.acme-corp.io]:587 ann\n",
      "[smtp.acme-corp.io]:587 a:<pass>\n",
    ],
    "etc/postfix/sasl_passwd",
  ),
  "ppp-secret": texts(
    [`# client server secret address\nann * "${password}" *\n`, `"ann" * ${password} *\n`],
    ["# ann * secret *\n", "ann * * *\n"],
    "etc/ppp/chap-secrets",
  ),
  "snmp-user-password": texts(
    [
      `createUser ann SHA "${password}" AES`,
      `rwcommunity ${password} 10.0.0.0/8`,
      `snmp-server community ${password} RW`,
    ],
    ["createUser ann SHA <password>", "rwcommunity private", "rocommunity public"],
  ),
  "cisco-password": texts(
    [
      `enable secret 5 $1$${alnum(4)}$${alnum(22)}\n`,
      `username ann privilege 15 secret 9 $9$${alnum(14)}$${alnum(43)}\n`,
      `username ann password 7 ${hex(20).toUpperCase()}\n`,
      `enable password ${password}\n`,
    ],
    ["enable secret <password>", "enable password 7 $PASS", "username ann privilege 15\n"],
  ),
  "directory-password-hash": texts(
    [
      `userPassword: {SSHA}${alnum(32)}\n`,
      `rootpw {CRYPT}$6$${alnum(8)}$${alnum(86)}\n`,
      `userPassword:: ${encoded(`{SSHA}${alnum(32)}`)}\n`,
    ],
    ["userPassword: {SSHA}\n", "rootpw secret\n".slice(0, 7), "userPassword: {CRYPT}x\n"],
  ),
  "directory-root-password": texts(
    [`rootdn "cn=admin"\nrootpw ${password}\n`],
    ["# rootpw secret\n", "rootpw {SSHA}x\n", "rootpw\n", "rootpw --lock\n"],
  ),
  "jenkins-encrypted-secret": texts(
    [`<password>{AQAAABAAAAAQ${alnum(43)}=}</password>`],
    ["<password>{AQAAABAAAAAQ}</password>", `<a>{BQAAABAAAAAQ${alnum(43)}=}</a>`],
  ),
  "mysql-password-hash": texts(
    [
      `CREATE USER a IDENTIFIED WITH mysql_native_password AS '*${hex(40).toUpperCase()}';`,
      `IDENTIFIED BY PASSWORD '*${hex(40).toUpperCase()}'`,
    ],
    [`IDENTIFIED WITH x AS '*${hex(39).toUpperCase()}';`, "IDENTIFIED WITH mysql_native_password"],
  ),
  "account-row-digest": texts(
    [
      `INSERT INTO \`users\` VALUES (1,'ann','${hex(32)}','ann',1);`,
      `INSERT INTO app_accounts (id, name, digest) VALUES (1, 'ann', '${hex(64)}');`,
      `(2, 'bob', '${hex(40)}', 'bob@acme-corp.com', 1),`,
      `(2, 'bob@acme-corp.com', '${hex(40)}', 1),`,
    ],
    [
      `INSERT INTO commits VALUES (1, '${hex(40)}');`,
      `(2, 'bob@acme-corp.com', '${hex(31)}', 1),`,
      `('${hex(40)}', 'acme.com'),`,
    ],
    "dump.sql",
  ),
};
