import type { SecretValidity } from "../../rule.ts";

/** What stands where a password will be put: `${DB_PASS}`, `$PASS`, `{{ password }}`, `<password>`, `%s`, `***`, `xxxx`. */
const forms: readonly RegExp[] = [
  /^\$/,
  /^"\$[A-Za-z_][A-Za-z0-9_]{0,80}"$/,
  /\$[{(]/,
  /\{\{|\}\}|^\{|\}$/,
  /<|>/,
  /^\[[A-Za-z_ -]{1,40}\]$/,
  /^%[sdrvq(]|^%[A-Za-z_][A-Za-z0-9_]{0,40}%$|^%\{/,
  /^@|^#\{|^:[a-z]/,
  /\*{3}|\.{3}|…/,
  /^(.)\1{2,80}$/,
  /^(?:x{3,40}|y{3,40}|z{3,40}|-{1,40}|_{1,40}|null|none|nil|undefined|true|false|empty|string)$/i,
  /^(?:your|insert|enter|replace|change|put|add)[-_. ](?:\w{1,24}[-_. ]){0,4}(?:pass(?:word|wd|phrase)?|pw|pwd|secret|token|key|auth|here|me)\b/i,
  /^your(?:api|strong|weak)?(?:\(!\))?(?:password|passwd|passphrase|secret|token|key)(?:here)?$/i,
  /^optional\b|\bleave (?:it )?(?:empty|blank)\b/i,
  /^(?:redacted|masked|hidden|removed|placeholder|todo|tbd|fixme)$/i,
  /process\.env|os\.environ|getenv|env\[|secrets?\.|vars?\.|\bvault:|\bfile\(|lookup\(/i,
];

/** True where a text only says that a secret belongs there. Bounded: over 512 characters it is not looked at. */
export function isPlaceholder(text: string): boolean {
  return text.length === 0 || (text.length <= 512 && forms.some((form) => form.test(text)));
}

/** A password has no structure of its own to check: placeholders are none, all else is "unsure". */
export function passwordValidity(secret: string): SecretValidity {
  return isPlaceholder(secret) ? "invalid" : "unsure";
}

const exampleHosts =
  /^(?:localhost|127\.0\.0\.1|\[?::1\]?|0\.0\.0\.0|host|hostname|(?:[a-z0-9-]{1,63}\.){0,4}(?:example|invalid|test|localhost|local)|(?:[a-z0-9-]{1,63}\.){0,4}example\.(?:com|org|net))$/i;

/** Hosts of this machine and those that RFC 2606 keeps for examples. */
export function isExampleHost(host: string): boolean {
  return host.length <= 320 && exampleHosts.test(host);
}
