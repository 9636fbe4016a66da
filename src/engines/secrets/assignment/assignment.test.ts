import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { createFingerprinter } from "../fingerprint.ts";
import { createSecretScanner } from "../scan.ts";

const scanner = createSecretScanner({ rules: [], fingerprint: createFingerprinter() });
/** Random ones, in parts so that no scanner finds them here. */
const long = ["q8Zr2Lm0", "Xv5Ta91b", "Ke7Pw3Dy"].join("");
const short = ["q8Zr", "2Lm0", "Xv"].join("");
const hexadecimal = ["3f9a1c07", "b2e84d56", "9f01ca7e", "b38d42f6"].join("");

/** Name of the confidence of each hit. */
function found(text: string, path = "src/app.py"): string[] {
  return scanner.scan(path, Buffer.from(text)).secrets.map(({ confidence }) => confidence);
}

test("random values of names that say so are found in every usual form", () => {
  for (const text of [
    `api_key = "${long}"`,
    `"apiKey": "${long}",`,
    `const clientSecret = '${long}';`,
    `DB_PASSWORD := \`${long}\``,
    `token => "${hexadecimal}"`,
    `PRIVATE_KEY_1="${long}"`,
  ]) {
    assert.deepEqual(found(text), ["medium"], text);
  }
  assert.deepEqual(found(`password: "${short}"`), ["low"]);
});

test("without quotes only in files of configuration, and up to the end of the line", () => {
  for (const path of ["app.env", ".env.local", "values.yaml", "Dockerfile", "config.Env[1]", "a/app.properties"]) {
    assert.deepEqual(found(`ACCESS_TOKEN=${long}`, path), ["medium"], path);
  }
  assert.deepEqual(found(`ACCESS_TOKEN=${long} # for the test`, "app.env"), ["medium"]);
  assert.deepEqual(found(`token = ${long}`, "src/app.py"), []);
  assert.deepEqual(found(`token: ${long} and more`, "notes.yaml"), []);
});

test("what is no secret is passed", () => {
  for (const value of [
    ["$", "{DATABASE_PASSWORD}"].join(""),
    "{{ .Values.password }}",
    "$PASSWORD_1234",
    "<your-token-123>",
    "%(password1)s",
    "my-secret-name-2",
    "accessTokenValue1",
    "/run/secrets/password1",
    "https://example.com/token1",
    "process.env.TOKEN1(x)",
    "aaaaaaaaaaaa1111",
    "correct horse battery staple 1",
    "short1",
    "v1.kubernetes.io/service-account-token",
    "sha256:0123456789abcdef",
    "20240101120000",
  ]) {
    assert.deepEqual(found(`secret_token = "${value}"`), [], value);
    assert.deepEqual(found(`secret_token: ${value}\n`, "values.yaml"), [], value);
  }
});

test("names of something else are passed", () => {
  for (const name of [
    "token_url",
    "secretName",
    "passwordPolicy",
    "public_api_key",
    "password_hash",
    "next_token",
    "csrfToken",
  ]) {
    assert.deepEqual(found(`${name} = "${long}"`), [], name);
  }
});

test("lock files and translations are passed, tests and examples rank low", () => {
  for (const path of ["package-lock.json", "a/yarn.lock", "app.min.js", "locales/de.json", "go.sum"]) {
    assert.deepEqual(found(`"token": "${long}"`, path), [], path);
  }
  for (const path of ["test/app.py", "app.test.ts", "a/fixtures/x.json", "docs/api.md"]) {
    assert.deepEqual(found(`"token": "${long}"`, path), ["low"], path);
  }
});

test("a placeholder is well known", () => {
  const [secret] = scanner.scan("a.py", Buffer.from(`token = "example-${long}"`)).secrets;
  assert.equal(secret?.wellKnown, true);
});

/** Path, and the text around a value. */
const forms: readonly (readonly [path: string, text: (value: string) => string])[] = [
  ["main.go", (v) => `var apiToken string = "${v}"`],
  ["main.go", (v) => `var jwtKey = []byte("${v}")`],
  ["app.ts", (v) => `export const apiKey: string = "${v}";`],
  ["app.ts", (v) => `let accessToken: string | undefined = '${v}';`],
  ["lib.rs", (v) => `pub const AUTH_TOKEN: &'static str = "${v}";`],
  ["lib.rs", (v) => `let secret = String::from("${v}");`],
  ["App.kt", (v) => `val apiSecret: String = "${v}"`],
  ["App.swift", (v) => `static var secretKey: String? = "${v}"`],
  ["app.py", (v) => `auth_token: str = """${v}"""`],
  ["App.cs", (v) => `public string ApiKey { get; set; } = @"${v}";`],
  ["config.h", (v) => `static const char api_token[] = "${v}";`],
  ["config.h", (v) => `#define API_TOKEN "${v}"`],
  ["app.php", (v) => `$secret .= '${v}';`],
  ["app.rb", (v) => `@client_secret ||= "${v}"`],
  ["rules.mk", (v) => `DEPLOY_TOKEN ::= ${v}`],
  ["app.xml", (v) => `<apiToken>\n  ${v}\n</apiToken>`],
  ["Web.config", (v) => `<add key="ApiSecret" value="${v}" />`],
  ["strings.xml", (v) => `<string name="api_secret">${v}</string>`],
  ["Info.plist", (v) => `<key>ApiSecret</key>\n<string>${v}</string>`],
  ["App.java", (v) => `System.setProperty("api.token", "${v}");`],
  ["App.java", (v) => `builder.apiToken("${v}")`],
  ["app.py", (v) => `token = os.getenv("API_TOKEN", default="${v}")`],
  ["app.js", (v) => `const s = process.env.SESSION_SECRET || "${v}";`],
  ["run.sh", (v) => `export T="$\{API_TOKEN:-${v}}"`],
  ["deploy.sh", (v) => `tool push --token ${v} --yes`],
  ["deploy.py", (v) => `run("tool push --api-key=${v}")`],
  ["api.py", (v) => `url = "https://api.acme-corp.io/items?limit=5&api_key=${v}"`],
  ["README.md", (v) => `Set \`API_TOKEN=${v}\` first.`],
  [".bashrc", (v) => `export API_TOKEN=${v}`],
  [".flaskenv", (v) => `SECRET_KEY=${v}`],
  ["run.bat", (v) => `set API_TOKEN=${v}\r`],
  ["app.service", (v) => `Environment="CLIENT_SECRET=${v}"`],
  ["Dockerfile", (v) => `ENV API_TOKEN ${v}`],
  ["config.fish", (v) => `set -gx API_TOKEN ${v}`],
  ["site.conf", (v) => `proxy_set_header X-Auth-Token ${v};`],
  ["task.json", (v) => `[{"name": "API_TOKEN", "value": "${v}"}]`],
  ["main.tf", (v) => `variable "api_token" {\n  type = string\n  default = "${v}"\n}`],
  ["app.py", (v) => `x = '{\\"api_token\\": \\"${v}\\"}'`],
  ["app.yaml", (v) => `api_token: |\n  ${v}`],
  ["app.env", (v) => `STORAGE_ACCOUNT_KEY=${v}`],
  ["app.env", (v) => `REDIS_AUTH=${v}`],
  ["app.js", (v) => `if (request.token === "${v}") pass();`],
  ["app.ini", (v) => `  api_token = ${v} ; set by hand`],
  ["app.xml", (v) => `<api_token><![CDATA[${v}]]></api_token>`],
  ["app.xml", (v) => `<entry>\n  <name="apiToken" />\n  <value="${v}" />\n</entry>`],
  ["page.html", (v) => `<meta name="api-token" content="${v}">`],
  ["app.java", (v) => `config.put("apiToken", "\\"${v}\\"");`],
  ["build.gradle", (v) => `buildConfigField 'String', 'API_TOKEN', '"${v}"'`],
  ["stack.json", (v) => `{"ParameterKey": "ApiToken", "ParameterValue": "${v}"}`],
  ["app.py", (v) => `api_token = (\n    "${v}"\n)`],
  ["app.py", (v) => `# api_token = ${v}`],
  ["app.R", (v) => `api_token <- "${v}"`],
  ["app.rb", (v) => `ENV.fetch("API_TOKEN") { "${v}" }`],
  ["app.rs", (v) => `env::var("API_TOKEN").unwrap_or("${v}".into());`],
  ["app.ts", (v) => `const apiToken = <string>'${v}';`],
  ["app.vb", (v) => `Dim ApiToken As String = "${v}"`],
  ["app.erl", (v) => `{api_token, "${v}"}.`],
  ["app.clj", (v) => ` :api-token "${v}"`],
  ["app.yaml", (v) => `service: {api_token: ${v}, retries: 3}`],
  ["app.yaml", (v) => `api_token: &token ${v}`],
  ["app.yaml", (v) => `api_token: !!str ${v}`],
  ["app.yaml", (v) => `api_token: |\n  "${v}"`],
  [".gem/credentials", (v) => `:rubygems_api_key: ${v}`],
  ["app.properties", (v) => `acme.api.token ${v}`],
  ["app.properties", (v) => `acme.api.key=${v}`],
  ["run.sh", (v) => `acme config set acme.token ${v}`],
  ["run.sh", (v) => `gh secret set API_TOKEN --body "${v}"`],
  ["run.sh", (v) => `if true; then API_TOKEN=${v}; fi`],
  ["notes.md", (v) => `The API token is ${v}`],
  ["notes.md", (v) => `| apiToken | ${v} |`],
  ["app.pl", (v) => `my $api_token = q{${v}};`],
  ["app.xml", (v) => `<param value="${v}" name="acme.api.token"/>`],
  ["links.txt", (v) => `https://app.acme-corp.io/go?to=https%3A%2F%2Facme-corp.io%3Fapi_token%3D${v}%26a%3Db`],
  ["export.csv", (v) => `api_token,${v}`],
];

test("a random value is found in the forms of every language, and its own bytes alone", () => {
  for (const [path, text] of forms) {
    const written = text(long);
    const secrets = scanner.scan(path, Buffer.from(`${written}\n`)).secrets;
    assert.equal(secrets.length, 1, `${path}: ${written}`);
    const [{ offset = 0, length = 0 } = {}] = secrets;
    assert.equal(written.slice(offset, offset + length), long, written);
  }
});

test("what stands in the place of a value is passed in every form", () => {
  for (const value of [
    "YOUR_API_TOKEN",
    "<token>",
    "{{ token2 }}",
    "process.env.TOKEN2",
    "my-token-name-2",
    "string",
  ]) {
    for (const [path, text] of forms) assert.deepEqual(found(`${text(value)}\n`, path), [], `${path}: ${text(value)}`);
  }
});

test("prose, types, code and names of something else are passed", () => {
  for (const [path, text] of [
    ["app.ts", "interface A { apiKey: SecretString256; }"],
    ["app.ts", `export const STORAGE_KEY = "acme.settings.v3";`],
    ["main.go", '\tPassword string `json:"password_v2" validate:"required"`'],
    ["app.js", `localStorage.setItem("access_token_v2", token);`],
    ["app.java", "this.password = password2;"],
    ["deploy.sh", "tool login --token TOKEN --user me"],
    ["deploy.sh", `apt-key adv --recv-keys ${hexadecimal.toUpperCase()}`],
    ["site.conf", "grpc_pass grpc://query1:3200;"],
    ["labels_fi.properties", "Password=Salasana"],
    ["rules.php", "'password' => 'required|min:16|secure_password2',"],
    ["notes.md", "- token: fix parsing of RFC6750 tokens (#1234)"],
    ["values.yaml", "secret: ingress/tls2.example"],
    ["schema.sql", "password varchar(255) NOT NULL,"],
  ] as const) {
    assert.deepEqual(found(`${text}\n`, path), [], text);
  }
});

test("a password that somebody chose is told, and ranks low", () => {
  const rules = (text: string, path: string) =>
    scanner.scan(path, Buffer.from(text)).secrets.map(({ rule, severity }) => `${severity} ${rule}`);
  const word = ["harbour", "lantern"].join("");
  for (const [path, text] of [
    [".env", `DB_PASSWORD=${word}\n`],
    ["server.ini", `AdminPassword=${word}7\n`],
    ["deployment-config.json", `{"password": "${word}"}`],
    ["app.php", `$dbpasswd = '${word}7';`],
  ] as const) {
    assert.deepEqual(rules(text, path), ["low assigned-password"], text);
  }
  assert.deepEqual(rules(`{"password": "${word}"}`, "labels.json"), []);
  assert.deepEqual(rules("password: required\n", "app.yaml"), []);
});

test("long values, UUIDs and base64 of what is none by itself", () => {
  const longest = Array.from({ length: 30 }, (_, i) => `${long}${i}`).join("");
  assert.deepEqual(found(`access_token: ${longest}\n`, "app.yaml"), ["medium"]);
  assert.deepEqual(found(`access_token: ${"a1".repeat(200)}\n`, "app.yaml"), []);
  const uuid = [hexadecimal.slice(0, 8), "4c1d", "4e2f", "a3b4", hexadecimal.slice(8, 20)].join("-");
  assert.deepEqual(found(`client_secret: ${uuid}\n`, "app.yaml"), ["low"]);
  assert.deepEqual(found(`tenant_id: ${uuid}\nidempotency_key: ${uuid}\n`, "app.yaml"), []);
});

test("what may as well identify something is told, and ranks low", () => {
  const ranks = (text: string, path: string) =>
    scanner.scan(path, Buffer.from(text)).secrets.map(({ severity }) => severity);
  const uuid = [hexadecimal.slice(0, 8), "4c1d", "4e2f", "a3b4", hexadecimal.slice(8, 20)].join("-");
  for (const [path, text] of [
    ["app.env", `SERVICE_KEY=${uuid}\n`],
    ["run.sh", `curl -d "a=b&app_secret=${uuid}" https://api.acme-corp.io\n`],
    ["appsettings.json", `{"Jwt": {"Key": "${long}"}}`],
    ["settings.php", `$settings['hash_salt'] = '${long}';`],
    ["app.py", `API_TOKEN = "${["124460", "7087246592"].join("")}"\n`],
    ["notes.txt", `api_token: ${["hu0553", "dzv241", "g1q"].join("")}\n`],
    ["settings.py", `SECRET_KEY = 'zh!=!gq(w^_t[s${"BR29954x)HI"}+$ehwss*xYNQeu([xcWMh'\n`],
    ["sip.conf", `secret=${["harbour", "lantern7"].join("")}\n`],
  ] as const) {
    assert.deepEqual(ranks(text, path), ["low"], text);
  }
  assert.deepEqual(ranks(`key: ${uuid}\nsecret: my-app-2\n`, "app.yaml"), []);
  assert.deepEqual(
    ranks("token: '[^a-z]+(foo|bar)?{1,2}#x9$%1'\ntoken: 'a[0](b1)&c[2](d3)&e[4](f5)'\n", "app.yaml"),
    [],
  );
  // Letters of both kinds that no word begins with, and a run that is no word.
  const scrambled = ["KgtIAGCn", "ANIEupUr"].join("");
  assert.deepEqual(ranks(`password = "${scrambled}"\n`, "app.toml"), ["medium"]);
  assert.deepEqual(ranks('password = "AccessTokenOfTheUserAccount"\n', "src/app.ts"), []);
});

test("whatever stands around a name, nothing is thrown, and what is told lies in the file", () => {
  const pieces = [
    ...[
      "token",
      "api_key",
      "password",
      "value",
      "name",
      "default",
      "define(",
      "ENV ",
      "define",
      "string",
      "&'static str",
    ],
    ...[
      "=",
      ":",
      "||",
      "?",
      "=>",
      "->",
      ".",
      ",",
      "(",
      ")",
      "[",
      "]",
      "{",
      "}",
      "<",
      ">",
      "</",
      "$",
      "--",
      "-",
      "&",
      ";",
    ],
    ...['"', "'", "`", "\\", " ", "\t", "\n", "\r", "#", "|", long, hexadecimal, short, "\u00e9"],
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 30 }), (parts) => {
      const bytes = Buffer.from(parts.join(""));
      for (const path of ["app.ts", "app.env", "notes.md", "app.xml"]) {
        for (const { offset, length } of scanner.scan(path, bytes).secrets) {
          assert.ok(length >= 5 && offset >= 0 && offset + length <= bytes.length);
        }
      }
    }),
    runs(2_000),
  );
});

test("names that only hold a word for a secret are none", () => {
  for (const name of ["keyboard", "monkey", "author", "compass", "bypass", "cacheKey", "primary_key", "tokenizer"]) {
    assert.deepEqual(found(`${name} = "${long}"`), [], name);
  }
  for (const name of ["HMAC_KEY", "dbPass", "SMTP_PASS", "pwd", "serviceCred", "licenseKey", "AUTH_TOKEN_PROD"]) {
    assert.notDeepEqual(found(`${name} = "${long}"`), [], name);
  }
});
