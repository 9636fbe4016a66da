/** Credentials in files and forms of their own: keys, dumps, encodings, command lines, archives. */
import { generateKeyPairSync } from "node:crypto";
import { gzipSync } from "node:zlib";
import { tarOf } from "../../src/engines/oci/image.fixture.ts";
import { zipOf } from "../../src/formats/zip/zip.fixture.ts";
import { type MadeCase, made } from "./case.ts";
import { draw, drawBytes, drawPassword } from "./draw.ts";

const encoded = (text: string): string => Buffer.from(text).toString("base64");

export function fileCases(): MadeCase[] {
  return [...textCases(), ...keyCases(), ...archiveCases()];
}

function textCases(): MadeCase[] {
  const token = draw("base62", 40, "files/token");
  const password = drawPassword("files");
  const hash = (salt: string) => `$2y$12$${draw("base62", 53, salt)}`;
  const inSecret = encoded(draw("base62", 24, "files/secret"));
  const basic = encoded(`deploy:${password}`);
  const master = draw("hexadecimal", 32, "files/master");
  const argon = `$argon2id$v=19$m=65536,t=3,p=4$${draw("base62", 22, "salt")}$${draw("base62", 43, "argon")}`;
  const rows = [`(1, 'ann', '${hash("row/1")}', 1),`, `(2, 'bob', '${hash("row/2")}', 0);`];
  const dump = `INSERT INTO \`users\` (\`id\`, \`name\`, \`password\`, \`flag\`) VALUES\n${rows.join("\n")}\n`;
  const secret = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\ndata:\n  api-token: ${inSecret}\n`;
  const docker = JSON.stringify({ auths: { "registry.acme-corp.io": { auth: basic } } });
  const cookie = `Cookie: session_token=${token}`;
  return [
    made(
      "command/curl-bearer",
      "deploy.sh",
      `curl -H "Authorization: Bearer ${token}" https://api.acme-corp.io\n`,
      token,
    ),
    made(
      "command/curl-token",
      "deploy.sh",
      `curl -H 'Authorization: token ${token}' https://api.acme-corp.io\n`,
      token,
    ),
    made("command/curl-header", "README.md", `curl -H "X-Api-Key: ${token}" https://api.acme-corp.io\n`, token),
    made("command/curl-basic", "run.sh", `curl -H "Authorization: Basic ${basic}" https://api.acme-corp.io\n`, basic),
    made("command/curl-user", "run.sh", `curl -u deploy:${password} https://api.acme-corp.io\n`, password),
    made("command/curl-user", "late.sh", `curl https://api.acme-corp.io --user 'deploy:${password}'\n`, password),
    made("command/mysql", "dump.sh", `mysqldump -h db1 -u root -p${password} app\n`, password),
    made("command/psql", "dump.sh", `PGPASSWORD=${password} psql -h db1 app\n`, password),
    made("command/redis", "run.sh", `redis-cli -h cache1 -a ${password} ping\n`, password),
    made("command/cookie", "run.sh", `curl -H "${cookie}" https://acme-corp.io\n`, token),
    made("file/sql-hash", "dump.sql", dump, rows[0] as string),
    made("file/sql-hash", "more.sql", dump, rows[1] as string),
    made("file/sql-hash", "argon.sql", `INSERT INTO users VALUES (1, 'ann', '${argon}');\n`, argon),
    made("file/sql-user", "setup.sql", `CREATE USER app IDENTIFIED BY '${password}';\n`, password),
    made("file/sql-user", "role.sql", `ALTER ROLE app WITH LOGIN PASSWORD '${password}';\n`, password),
    made("file/master-key", "config/master.key", master, master),
    made("file/master-key", "config/credentials/production.key", `${master}\n`, master),
    made("encoded/kubernetes", "secret.yaml", secret, inSecret),
    made("encoded/docker", ".docker/config.json", docker, basic),
    made(
      "encoded/json",
      "state.txt",
      `payload: ${encoded(`{"api_key": "${token}"}`)}\n`,
      encoded(`{"api_key": "${token}"}`),
    ),
    made(
      "encoded/token",
      "state.txt",
      `x = "${encoded(`glpat-${token.slice(0, 20)}`)}"\n`,
      encoded(`glpat-${token.slice(0, 20)}`),
    ),
    made("file/redis", "redis.conf", `requirepass ${password}\n`, password),
    made("file/pgpass", ".pgpass", `db1.acme-corp.io:5432:app:ci:${password}\n`, password),
    made("file/remote-sync", ".remote-sync.json", `{"hostname": "h1", "password": "${password}"}\n`, password),
    made(
      "file/idea",
      ".idea/WebServers.xml",
      `<fileTransfer host="h1" port="21" password="${draw("hexadecimal", 40, "idea")}"/>\n`,
      "fileTransfer",
    ),
  ];
}

function keyCases(): MadeCase[] {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const key = privateKey.export({ type: "pkcs8", format: "der" });
  const sec1 = privateKey.export({ type: "sec1", format: "der" });
  const bytes = (kind: string, file: string, content: Buffer): MadeCase => ({
    kind,
    file,
    content,
    line: 0,
    secret: true,
  });
  return [
    bytes("key/der", "server.der", key),
    bytes("key/der", "server.key", sec1),
    bytes("key/pkcs12", "client.p12", pkcs12()),
    bytes("key/pkcs12", "client.pfx", pkcs12()),
    bytes(
      "key/java-keystore",
      "app.jks",
      Buffer.concat([
        Buffer.from("feedfeed0000000200000001", "hex"),
        Buffer.from("000000010004", "hex"),
        Buffer.from("alias"),
        drawBytes(600, "jks"),
      ]),
    ),
  ];
}

/** The outer shape of a PFX (RFC 7292, section 4): version 3 and content of type `data`. */
function pkcs12(): Buffer {
  const der = (tag: number, content: Buffer): Buffer => {
    const length = Buffer.from([0x82, content.length >> 8, content.length & 0xff]);
    return Buffer.concat([Buffer.from([tag]), length, content]);
  };
  const type = Buffer.from("06092a864886f70d010701", "hex");
  const safe = der(0xa0, der(0x04, drawBytes(900, "pfx")));
  const mac = der(0x30, drawBytes(60, "mac"));
  return der(0x30, Buffer.concat([Buffer.from("020103", "hex"), der(0x30, Buffer.concat([type, safe])), mac]));
}

function archiveCases(): MadeCase[] {
  const token = draw("base62", 40, "archive");
  const text = `# settings\nAPI_TOKEN=${token}\n`;
  const filler = { name: "readme.txt", content: "nothing\n".repeat(200) };
  const inside = (kind: string, file: string, within: string, content: Buffer): MadeCase => ({
    ...{ kind: `archive/${kind}`, file, content, within, line: 2, secret: true },
  });
  return [
    inside("zip", "backup.zip", "app/.env", zipOf([filler, { name: "app/.env", content: text }])),
    inside("jar", "app.jar", "application.properties", zipOf([{ name: "application.properties", content: text }])),
    inside("tar", "backup.tar", "app/.env", tarOf([{ name: "app/.env", content: text }])),
    inside("tar-gz", "backup.tar.gz", "app/.env", gzipSync(tarOf([{ name: "app/.env", content: text }]))),
    inside("tgz", "backup.tgz", "app/.env", gzipSync(tarOf([{ name: "app/.env", content: text }]))),
    inside("gz", "app.env.gz", "app.env", gzipSync(text)),
  ];
}
