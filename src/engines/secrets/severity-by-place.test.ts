/** A labelled set: name, value, file, and the severity that the assignment is to have. Values are put together here. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFingerprinter } from "./fingerprint.ts";
import { createSecretScanner } from "./scan.ts";

const scanner = createSecretScanner({ rules: [], fingerprint: createFingerprinter() });

const base62 = ["q8Zr2Lm0", "Xv5Ta91b", "Ke7Pw3Dy"].join("");
const base36 = ["x7q2mz9r", "t4kd81vw", "p0bc63hn"].join("");
const base64 = ["Zk3/9xQv", "+T7mWc1L", "aR8yUe5d", "Hg=="].join("");
const hex16 = ["3f9a1c07", "b2e84d56"].join("");
const hex32 = ["3f9a1c07", "b2e84d56", "9f01ca7e", "b38d42f6"].join("");
/** Its entropy is under 3.5 bits, as that of one random text of this length in ten is. */
const hexPoor = ["7ab3a07b", "e7a0d358", "7b10da37", "bd2a3f1c"].join("");
const hex64 = hex32 + ["0c5e77a1", "d94f3b28", "61fe80c9", "2ab7d453"].join("");
const upperHex = hex32.toUpperCase();
const mixed16 = ["mR7!qz", "X2vLp9#Kd+"].join("");
const mixed12 = ["tV9x", "Qm2L", "zR7w"].join("");
const short10 = ["k7Xq", "2mZp", "4t"].join("");
const memorable = ["Kettle", "Tr0mbone", "92"].join("-");
const keyId = ["3AA5C343", "71567BD2"].join("");
const keyPrint = ["0D69E11F", "12BDBA07", "7B3726AB", "4E1F799A", "A4FF2279"].join("");

type Label = readonly [name: string, value: string, file: string, severity: string];

const labels: readonly Label[] = [
  // Live-looking, in files that programs are configured by.
  ["API_TOKEN", base62, ".env", "high"],
  ["API_TOKEN", base36, ".env.production", "high"],
  ["DB_PASSWORD", mixed16, ".env", "high"],
  ["DB_PASSWORD", mixed12, "deploy/app.env", "high"],
  ["SESSION_SECRET", hex32, ".env", "high"],
  ["SESSION_SECRET", hexPoor, ".env", "high"],
  ["SECRET_KEY", hex64, "config/app.ini", "high"],
  ["ENCRYPTION_KEY", upperHex, "src/main/resources/application.properties", "high"],
  ["PRIVATE_KEY", `0x${hex64}`, "hardhat/.env", "high"],
  ["api_key", base62, "deploy/values.yaml", "high"],
  ["client_secret", base64, "infra/prod.tfvars", "high"],
  ["access_token", base62, "docker/Dockerfile", "high"],
  ["AUTH_TOKEN", base62, "scripts/deploy.sh", "high"],
  ["API_TOKEN", base62, "config.Env[3]", "high"],
  ["apiKey", base62, "src/appsettings.Production.json", "high"],
  ["clientSecret", base62, "config.json", "high"],
  ["secret", base62, "etc/credentials", "high"],
  // It may be one.
  ["DB_PASSWORD", short10, ".env", "medium"],
  ["DB_PASSWORD", memorable, ".env", "medium"],
  ["DB_PASSWORD", hex16, ".env", "medium"],
  ["token", ["default-token", "x2v9k"].join("-"), "k8s/pod.yaml", "medium"],
  ["secret", ["my-app-v2-token", "x7k2p"].join("-"), "k8s/pod.yaml", "medium"],
  ["secret", "oauth2ClientSecretProvider", "spring/application.yml", "medium"],
  // Programs, and data.
  ["apiKey", base62, "src/client.ts", "medium"],
  ["token", hex32, "src/app.py", "medium"],
  ["password", mixed16, "app/Main.java", "medium"],
  ["apiKey", base62, "data/cities.json", "medium"],
  ["password", short10, "src/app.py", "low"],
  // Tests, examples, documentation, what others wrote.
  ["API_TOKEN", base62, ".env.example", "low"],
  ["API_TOKEN", base62, "app/tests.py", "low"],
  ["API_TOKEN", base62, "jose/tests-cookbook.py", "low"],
  ["API_TOKEN", base62, "demos/client.py", "low"],
  ["API_TOKEN", base62, "app/test.env", "high"],
  ["apiKey", base62, "app/latests.py", "medium"],
  ["API_TOKEN", base62, ".env.sample", "low"],
  ["API_TOKEN", base62, ".env.test", "low"],
  ["API_TOKEN", base62, ".env.template", "low"],
  ["API_TOKEN", base62, ".env.dist", "low"],
  ["apiKey", base62, "test/fixtures/app.yaml", "low"],
  ["apiKey", base62, "e2e/config.yaml", "low"],
  ["apiKey", base62, "docs/setup.md", "low"],
  ["apiKey", base62, "vendor/acme/client/config.yaml", "low"],
  ["apiKey", base62, "web/node_modules/a/config.json", "low"],
  ["API_TOKEN", `example-${base62}`, ".env", "low"],
  ["API_TOKEN", `changeme-${base62}`, ".env", "low"],
  // None.
  ["API_TOKEN", ["$", "{API_TOKEN}"].join(""), ".env", "none"],
  ["DB_PASSWORD", "{{ .Values.password }}", "templates/a.yaml", "none"],
  ["DB_PASSWORD_FILE", "/run/secrets/db1", ".env", "none"],
  ["TOKEN_URL", "https://example.com/oauth2/token", ".env", "none"],
  ["password_hash", hex64, "users.yaml", "none"],
  ["secretName", base62, "k8s/pod.yaml", "none"],
  ["signingkey", keyId, "git.ini", "none"],
  ["signing_key", keyPrint, "apt.yaml", "none"],
  ["token", "aaaaaaaaaaaaaaaaaaaaaaaa1", ".env", "none"],
  ["token", "deadbeef", ".env", "none"],
  ["token", "0000000000000000000000000000000a", ".env", "none"],
  ["secret", "db-credentials", "k8s/pod.yaml", "none"],
  ["secret", "kubernetes.io/service-account-token", "k8s/secret.yaml", "none"],
  ["CSRF_TOKEN", base62, ".env", "none"],
  ["token", base62, "package-lock.json", "none"],
];

for (const [name, value, file, severity] of labels) {
  test(`${name} in ${file} is ${severity}: ${value.length} characters beginning with ${value.slice(0, 3)}`, () => {
    const quote = /\.(?:json|ts|py|java|md)$/.test(file) ? '"' : "";
    const text = /ya?ml|json|md$/.test(file)
      ? `${quote}${name}${quote}: ${quote}${value}${quote}\n`
      : `${name}=${quote}${value}${quote}\n`;
    const { secrets } = scanner.scan(file, Buffer.from(text));
    const told = secrets.map((one) => (one.wellKnown === true ? "low" : one.severity));
    assert.deepEqual(told, severity === "none" ? [] : [severity], text);
  });
}

test("random hexadecimal texts of a key's length count as random", () => {
  const digits = "0123456789abcdef";
  let state = 1;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return digits[state % 16] as string;
  };
  for (const length of [20, 32, 40, 64]) {
    let told = 0;
    for (let i = 0; i < 200; i++) {
      const value = Array.from({ length }, next).join("");
      const { secrets } = scanner.scan(".env", Buffer.from(`API_TOKEN=${value}\n`));
      if (secrets[0]?.severity === "high") told += 1;
    }
    assert.ok(told >= 194, `${told} of 200 with ${length} characters`);
  }
});
