/** What was taken for a secret and is none, each with what beside it still is one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFingerprinter } from "./fingerprint.ts";
import { isExpression, isReference } from "./reference.ts";
import { secretRules } from "./rules/index.ts";
import { pemBlock, rsaDer } from "./rules/pem.fixture.ts";
import { createSecretScanner } from "./scan.ts";

const scanner = createSecretScanner({ rules: secretRules, fingerprint: createFingerprinter() });
const password = ["kX7!", "vq2M", "zR9w"].join("");

function found(text: string, path: string): string[] {
  return scanner
    .scan(path, Buffer.from(text))
    .secrets.map(({ rule, severity, wellKnown }) => `${wellKnown === true ? "low" : severity} ${rule}`);
}

test("code is no password, and one in quotes is", () => {
  for (const line of [
    'password = secret_response.payload.data.decode("UTF-8")',
    'smtp_password = secret_response.payload.data.decode("UTF-8")',
    "smtp_password = smtp.Pass",
    "SMTP_PASSWORD: smtp.Pass",
    "mail_password = config.mail.getPassword()",
    "email_host_password = os.environ['MAIL1']",
    "api_token: this.config.token",
  ]) {
    for (const path of ["app.py", "settings.yaml", "app.cfg", "mail.go"]) {
      assert.deepEqual(found(`${line}\n`, path), [], `${path}: ${line}`);
    }
  }
  assert.deepEqual(found(`smtp_password = "${password}"\n`, "app.py").length, 1);
  assert.deepEqual(found(`SMTP_PASSWORD=${password}\n`, ".env").length, 1);
});

test("a secret's name in a store is no secret", () => {
  for (const name of [
    "projects/123456789/secrets/db-password-prod1/versions/2",
    "projects/acme-prod-2/secrets/smtp-password/versions/latest",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbC12d",
    "https://acme-prod1.vault.azure.net/secrets/db-password/0a1b2c3d",
    "op://prod/database1/password",
  ]) {
    assert.ok(isReference(name), name);
    for (const line of [`SECRET = "${name}"`, `DB_PASSWORD: "${name}"`, `smtp_password: '${name}'`]) {
      assert.deepEqual(found(`${line}\n`, "app.yaml"), [], line);
    }
  }
});

test("random texts with a dot in them are no code", () => {
  for (const value of [["k3x9qa", "0b7m2z5t8v1c4d6e"].join("."), ["winter", "Snow22"].join("."), password]) {
    assert.equal(isExpression(value), false, value);
  }
});

test("a password of the machine's own database is low in key/value strings and JDBC URLs too", () => {
  for (const [rank, text] of [
    ["low ado-net-password", `"Host=localhost;Database=a;Username=app;Password=${password}"`],
    ["low ado-net-password", `"Server=tcp:127.0.0.1,1433;User Id=sa;Password=${password}"`],
    ["low ado-net-password", `"Data Source=(local);uid=sa;pwd=${password}"`],
    ["low libpq-password", `dsn: "host=localhost dbname=a password=${password}"`],
    ["low jdbc-password", `url: "jdbc:postgresql://localhost:5432/a?user=app&password=${password}"`],
    ["high ado-net-password", `"Server=localhost.shop.io;User Id=sa;Password=${password}"`],
    ["high jdbc-password", `url: "jdbc:postgresql://db.shop.io/localhost?user=app&password=${password}"`],
  ] as const) {
    assert.deepEqual(found(`${text}\n`, "app.json"), [rank], text);
  }
});

test("a key that anybody can make is low among tests and what others wrote, and critical elsewhere", () => {
  const sample = pemBlock("RSA PRIVATE KEY", rsaDer);
  assert.deepEqual(found(sample, "deploy/server.pem"), ["critical rsa-private-key"]);
  for (const path of [
    "test/server.pem",
    "pkg/testdata/server.pem",
    "vendor/github.com/acme/tls/key.pem",
    "node_modules/jws/test/key.pem",
    "util/tls/tls_test.go",
    "third_party/acme/jws.go",
  ]) {
    assert.deepEqual(found(sample, path), ["low rsa-private-key"], path);
  }
});

test("what an issuer made is as grave among tests as elsewhere", () => {
  const token = ["glpat-", "x7Kq2mZp4tVw9", "RbN8cLd"].join("");
  assert.deepEqual(found(`token = "${token}"\n`, "test/app.py"), found(`token = "${token}"\n`, "src/app.py"));
});

test("a Firebase app's key is public, and low; another of Google's is not", () => {
  const key = ["AIza", "SyD4mX9qR2t", "Lw7vKc1bN8hF3jP6sZ0yGe5U"].join("").slice(0, 39);
  const config = `const firebaseConfig = {\n  apiKey: "${key}",\n  authDomain: "acme.firebaseapp.com",\n};\n`;
  assert.deepEqual(found(config, "web/firebase.js"), ["low firebase-web-api-key"]);
  assert.deepEqual(found(`GOOGLE_MAPS_API_KEY=${key}\n`, ".env"), ["medium gcp-api-key"]);
});

test("an OpenAPI document has no password of Composer's", () => {
  const schemes = { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } };
  const schemas = { bearer: { description: "the bearer token of the client" }, "http-basic": { type: "object" } };
  const document = { openapi: "3.1.0", components: { securitySchemes: schemes, schemas } };
  assert.deepEqual(found(JSON.stringify(document, undefined, 2), "openapi.json"), []);
  const auth = { "http-basic": { "repo.acme-corp.io": { username: "a", password } } };
  assert.deepEqual(found(JSON.stringify(auth, undefined, 2), "auth.json"), ["high composer-auth-password"]);
});

test("a variable that is given nothing for a command has no password, and one that is given something has", () => {
  for (const line of [
    'MYSQL_PWD= docker_exec_client "$@"',
    "PGPASSWORD= psql -h db1",
    "\tPGPASSWORD=  ./run.sh --all; exit",
  ]) {
    assert.deepEqual(found(`${line}\n`, "docker-entrypoint.sh"), [], line);
  }
  for (const line of [
    `MYSQL_PWD=${password} mysql -h db1`,
    `PGPASSWORD= ${password}`,
    `PGPASSWORD= ${password} # of the replica`,
    `PGPASSWORD= "${password}" psql`,
    `PGPASSWORD = ${password}`,
    `PGPASSWORD: ${password} `,
  ]) {
    assert.deepEqual(found(`${line}\n`, ".env"), ["high pgpassword-variable"], line);
  }
});

test("a shell's variable between SQL's quotes is no password", () => {
  for (const name of ['"$MYSQL_PASSWORD"', "$MYSQL_PASSWORD", '"${MYSQL_PASSWORD}"']) {
    const line = `echo "CREATE USER 'shop'@'%' IDENTIFIED BY '${name}' ;"`;
    assert.deepEqual(found(`${line}\n`, "init.sh"), [], line);
  }
  assert.deepEqual(found(`CREATE USER 'shop'@'%' IDENTIFIED BY '"$${password}';\n`, "init.sql"), [
    "high sql-user-password",
  ]);
});

test("a hidden folder of tests is one, as in the repositories of Docker's images", () => {
  const line = `CREATE USER 'shop' IDENTIFIED BY '${password}';\n`;
  for (const folder of [".test", "deploy/.tests/initdb.d"]) {
    assert.deepEqual(found(line, `${folder}/shop.sql`), ["low sql-user-password"], folder);
  }
  for (const folder of ["latest", "a.test", "test-results-of-prod"]) {
    assert.deepEqual(found(line, `${folder}/shop.sql`), ["high sql-user-password"], folder);
  }
});

test("the keys that WordPress' own sources print as an example are low, and others high in either quotes", () => {
  const example = ["LzJ}op]mr|6+![P}Ak:uNdJCJZd>(Hx.-Mh#", "Tz)pCIU#uGEnfFz|f ;;eU%/U^O~"].join("");
  const define = (value: string, quote: string) => `define('SECURE_AUTH_KEY',  ${quote}${value}${quote});\n`;
  assert.deepEqual(found(define(example, "'"), "wp-includes/pluggable.php"), ["low wordpress-salt"]);
  const [first = "", last = ""] = ["MW1pxMctoyA(>M%0Vl 2(#o0|2$cB+K|", ".G$hB~4`Juw@]:(5;oVUl<<W3^e_R-fg"];
  for (const quote of ["'", '"']) {
    const [fact] = scanner.scan("wp-config.php", Buffer.from(define(first + last, quote))).secrets;
    assert.deepEqual([fact?.rule, fact?.severity, fact?.length], ["wordpress-salt", "high", 64], quote);
  }
});

test("a URL of a manual has a token in the place of a token", () => {
  assert.deepEqual(found('-e GIT="https://username:token@gitlab.com:path/repo.git"\n', "README.md"), [
    "low basic-auth-url",
  ]);
});

test("prose that identifies by a name has no password, and SQL in any case of letters has", () => {
  for (const line of [
    " * privileges identified by 'mode' on any non-dropped column in the relation;",
    "/* We must descend into the quadrant(s) identified by 'which' */",
  ]) {
    assert.deepEqual(found(`${line}\n`, "aclchk.c"), [], line);
  }
  for (const line of [
    "create user shop identified by 'winter';",
    "create user if not exists shop@'%' identified by 'winter';",
    "grant all on shop.* to shop identified by 'winter';",
    "alter user a identified by 'spring', b identified by 'winter';",
    "  identified by 'winter';",
    "CREATE USER shop IDENTIFIED BY 'winter';",
    "-- the role identified by 'Winter2024'",
  ]) {
    assert.equal(found(`${line}\n`, "init.sql").at(-1), "high sql-user-password", line);
  }
});

test("the grammar of a URL is none", () => {
  const grammar = "postgresql://[user[:secretword]@][netloc][:port][/dbname]";
  assert.deepEqual(found(`${grammar}\n`, "fe-connect.c"), []);
  assert.deepEqual(found(`postgresql://user:${password}@db1.acme-corp.io/shop\n`, "fe-connect.c"), [
    "high postgres-url-password",
  ]);
});

test("the fingerprint of a key that a script fetches is public, and as many digits elsewhere are told", () => {
  const digits = ["B97B0AFCAA1A47F044F2", "44A07FCC7D46ACCC4CF8"].join("");
  const lines = [`key='${digits}'; \\`, 'export GNUPGHOME="$(mktemp -d)"; \\', 'gpg --recv-keys "$key"; \\', ""];
  assert.deepEqual(found(lines.join("\n"), "Dockerfile"), []);
  assert.deepEqual(found(`key='${digits}'\n`, "Dockerfile"), ["low assigned-secret"]);
  assert.deepEqual(found(`secret='${digits}'\ngpg --recv-keys\n`, "Dockerfile"), ["high assigned-secret"]);
});

test("what names a field, leads to pages or was cut off is none, or no more than low", () => {
  for (const name of ["EMAIL_PASSWORD", "smtp_password"]) {
    assert.deepEqual(found(`export const A = { ${name}: "${name.toLowerCase()}", SMTP: 1 };\n`, "types.ts"), [], name);
  }
  assert.equal(found(`smtp_password: "${password}"\n`, "types.ts").length, 1);
  const page = `https://docs.example.org/${Array.from({ length: 12 }, (_, n) => `how-to-${n}-keys`).join("/")}`;
  assert.deepEqual(found(`"References": "https://a.example/security-keys:${page}:${page}"\n`, "a.json"), []);
  const cut = ["ATATT3", "xFfGF0"].join("");
  assert.deepEqual(found(`{"api_token": "${cut}..."}\n`, "a.json"), ["low assigned-secret"]);
});
