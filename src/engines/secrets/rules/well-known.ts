import { createHash } from "node:crypto";

/**
 * Credentials that documentation prints and everybody knows, by the first 16 hexadecimal digits of their SHA-256, so that
 * no scanner finds them here. They open nothing (or, of a test system, what everybody may open).
 */
const documented: Readonly<Record<string, string>> = {
  "1a5d44a2dca19669": "AWS's documentation",
  c6ea27c534f993d3: "AWS's documentation",
  cb20d34a7adda2f5: "AWS's documentation",
  "78314b11be2e5815": "AWS's documentation",
  e8a0614b6747a06f: "AWS's documentation",
  e21b597ba6b9cafa: "AWS's documentation",
  "2cafc0970149a84f": "Stripe's documentation",
  f2d6ca16515033e5: "Stripe's documentation",
  "0011cc25eb432071": "the Azure Storage emulator (Azurite)",
  aa6547439583c3a2: "the Azure Cosmos DB emulator",
  "7f75367e78812551": "jwt.io's sample",
  da816f9f2c16e6c5: "jwt.io's sample",
  cf4d418ed3de92d7: "RFC 7617's example",
  "73f71af093fdf154": "MDN's example of Basic authentication",
  "0e9d220616f08345": "user:pass in base64",
  e4da07ad200089ce: "username:password in base64",
  bdfeaef44475711c: "user:password in base64",
  "976b57ee8acdfcf4": "GitHub's example of a token's checksum",
  "3eb1bd439947eb76": "digits in order",
  "12b9377cbe7e5c94": "the nil UUID",
  "789eb04ae4c00984": "age's test vectors",
  bc1a50966c9e6486: "the first account of Hardhat and Anvil",
  "60a09e4357868c1e": "the first account of Hardhat and Anvil",
  "578592185588730b": "the first account of Ganache",
  "424742fc6538f5e7": "the first account of Ganache",
  "3002888f967a7086": "Kubernetes' documentation",
  a4b8b245ab28bc4f: "kubeadm's documentation",
  ca7459e2b26776de: "RFC 6749's example",
  e9974c507d2a8021: "RFC 6749's example",
  "6c96130f130ab0d6": "RFC 6749's example",
  "00cf4c781dc37003": "RFC 6749's example",
  ad62d48d8b069026: "RFC 7617's example, without its space",
  bf145d9380bbe05b: "PyJWT's documentation",
  cf6cd9c769b032f7: "the draft of HTTP signatures",
  "5aace449e881bb9a": "the tests of jsonwebtoken",
  d0720d8487947228: "OpenSSL's header of its FIPS module",
  "0932b11171039a7c": "Debian's package of Chromium",
  bd827f57f3de0044: "WordPress' documentation of wp_salt()",
  "8f8f9d06a40fbfb8": "WordPress' documentation of wp_salt()",
  "6a5eb905e55eb7b2": "WordPress' documentation of wp_salt()",
  "85b202a179e10732": "WordPress' documentation of wp_salt()",
  "108741b452893a93": "WordPress' documentation of wp_salt()",
  "5b225527d22f46b2": "WordPress' documentation of wp_salt()",
  "3ff075ae6f33ec23": "WordPress' documentation of wp_salt()",
  "775f6ca2c96d4d2a": "WordPress' documentation of wp_salt()",
};

/** Prefixes of keys that work in a provider's test mode alone. */
const testModes: readonly (readonly [prefix: string, reason: string])[] = [
  ["sk_test_", "a key of a test mode"],
  ["rk_test_", "a key of a test mode"],
  ["access_token$sandbox$", "a token of Braintree's sandbox"],
];

const usualPasswords = new Set(
  "token mypass mypasswd mypassword pwd password passwd passw0rd p@ssw0rd pass secret root admin administrator test testing example changeme change_me changeit default user guest demo foobar foo bar postgres postgresql mysql mariadb mongo mongodb redis rabbitmq guest123 admin123 password1 password123 123456 12345678 letmein qwerty minio minioadmin elastic sa dev development local dummy sample fake hunter2 s3cr3t supersecret mysecretpassword my-secret-pw pw repopwd xyzzy testpassword anonymous value newpassword".split(
    " ",
  ),
);

/**
 * Why a secret is no surprise: printed in a provider's documentation, of a test mode, or a password that tutorials use.
 * Such a finding ranks low; it is not silent.
 */
export function wellKnown(secret: string, ruleId: string): string | undefined {
  if (ruleId === "stripe-test-key") return "a key of Stripe's test mode";
  for (const [prefix, reason] of testModes) if (secret.startsWith(prefix)) return reason;
  const normal = secret.replace(/\r\n/g, "\n").trim();
  const known = documented[createHash("sha256").update(normal).digest("hex").slice(0, 16)];
  if (known !== undefined) return known;
  if (normal.length <= 32 && usualPasswords.has(normal.toLowerCase())) return "a password that examples use";
  if (normal.length <= 128 && /EXAMPLE(?:KEY|TOKEN|SECRET)?$/.test(normal)) return "it says that it is an example";
  return undefined;
}
