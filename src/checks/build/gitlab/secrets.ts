/** Values of variables that are secrets, by the forms that their issuers document. */
import type { RatedSeverity } from "../../../core/severity.ts";

export interface SecretValue {
  /** `a GitLab token`. */
  readonly what: string;
  readonly severity: RatedSeverity;
}

/** Each form is the whole value. */
const FORMS: readonly (readonly [string, RegExp])[] = [
  ["a GitLab token", /^gl(?:pat|cbt|rt|dt|ft|soat|ptt|agent|oas|ffct|imt|rtr)-[\w.-]{20,300}$/],
  ["a GitHub token", /^(?:gh[opsur]_[\w.-]{36,500}|github_pat_\w{82,300})$/],
  ["a Slack token", /^xox[abeoprs]-[A-Za-z0-9-]{10,300}$/],
  ["an API key of Anthropic", /^sk-ant-[\w-]{20,300}$/],
  ["an API key of OpenRouter", /^sk-or-v1-[A-Za-z0-9]{20,300}$/],
  ["an API key of OpenAI", /^sk-[\w-]{8,200}T3BlbkFJ[\w-]{8,200}$/],
  ["a secret of OpenAI", /^ek_[0-9a-f]{32,128}$/],
  ["a token of PyPI", /^pypi-AgEIcHlwaS5vcmc[\w-]{20,500}$/],
  ["a token of npm", /^npm_[A-Za-z0-9]{36}$/],
  ["a key of Stripe", /^[rs]k_(?:test|live)_[A-Za-z0-9]{24,300}$/],
  ["a token of Hugging Face", /^hf_[A-Za-z0-9]{34,40}$/],
  ["a token of Databricks", /^dapi[a-h0-9]{32}(?:-\d)?$/],
  ["a token of Doppler", /^dp\.(?:pt|st|ct)\.[\w.]{40,80}$/],
  ["a key of SendGrid", /^SG\.[\w-]{22}\.[\w-]{43}$/],
  ["a token of PlanetScale", /^pscale_(?:pw|tkn|oauth)_[\w.-]{32,80}$/],
  ["a key of Postman", /^PMAK-[a-f0-9]{24}-[a-f0-9]{34}$/],
  ["a key of RubyGems", /^rubygems_[a-f0-9]{48}$/],
  ["a key of New Relic", /^(?:NRAK-[A-Z0-9]{27}|NRJS-[a-f0-9]{19})$/],
  ["a token of Shopify", /^shp(?:ss|at|ca|pa)_[a-fA-F0-9]{32}$/],
  ["a key of Brevo", /^xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}$/],
  ["a key of age", /^AGE-SECRET-KEY-1[0-9A-Z]{50,70}$/],
  ["a token of Clojars", /^CLOJARS_[a-z0-9]{60}$/],
  ["a token of Dynatrace", /^dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}$/],
  ["a token of Duffel", /^duffel_(?:test|live)_[\w-]{40,60}$/],
  ["a token of Frame.io", /^fio-u-[\w-]{64}$/],
  ["a token of Terraform", /^[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,100}$/],
  ["a key of Linear", /^lin_api_[A-Za-z0-9]{40}$/],
  ["a token of Pulumi", /^pul-[a-f0-9]{40}$/],
  ["a token of Shippo", /^shippo_(?:live|test)_[a-f0-9]{40}$/],
  ["a webhook of Slack", /^https:\/\/hooks\.slack\.com\/services\/T\w{4,40}\/B\w{4,40}\/\w{20,64}$/],
  ["a key of Alibaba Cloud", /^LTAI[A-Za-z0-9]{12,24}$/],
  ["a token of Packagist", /^packagist_[a-z]{3}_[a-f0-9]{68}$/],
  ["a client secret of Adobe", /^p8e-[a-z0-9]{32}$/],
  ["a key of Flutterwave", /^FLW(?:PUBK|SECK)_TEST-[a-h0-9]{32}-X$/],
  ["a token of HashiCorp Vault", /^hvs\.[\w-]{24,300}$/],
  ["a token of Docker Hub", /^dckr_pat_[\w-]{27,40}$/],
];

const WITHIN: readonly (readonly [string, RegExp])[] = [
  ["an access key of AWS", /(?:AKIA|ASIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[0-9A-Z]{16}/],
  ["a private key", /-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP )?PRIVATE KEY/],
  ["a service account's key of Google Cloud", /"type":\s{0,8}"service_account"/],
];

const PLACEHOLDER = /example|placeholder|changeme|change_me|redacted|your[-_]|<[a-z]/i;
/** One character over and over: nobody issued that. */
const REPEATED = /(.)\1{7}/;

export function secretIn(name: string, value: string): SecretValue | undefined {
  const text = value.trim();
  if (text === "" || text.startsWith("$")) return undefined;
  if (name === "DOCKER_AUTH_CONFIG" && /"auths?"\s{0,8}:/.test(text)) {
    return { what: "a login to a registry", severity: "high" };
  }
  const [what] = FORMS.find(([, form]) => form.test(text)) ?? WITHIN.find(([, form]) => form.test(text)) ?? [];
  if (what === undefined) return passwordInUrl(text);
  if (PLACEHOLDER.test(text)) return undefined;
  return { what, severity: REPEATED.test(text) ? "low" : "high" };
}

/** `postgres://app:secret@db/shop`. A host of one word is a service of the job. */
function passwordInUrl(text: string): SecretValue | undefined {
  const [, password = "", host = ""] =
    /[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:@/]{0,128}:([^\s@/]{1,256})@([^\s:/?#]{0,253})/i.exec(text) ?? [];
  if (password === "" || password.startsWith("$")) return undefined;
  const isService = /^(?:localhost|127\.|[a-z0-9-]*$)/i.test(host);
  return { what: "an address with a password in it", severity: isService ? "low" : "medium" };
}
