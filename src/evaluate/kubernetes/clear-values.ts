/** Which values of an object stand there in clear. */
import { isSecretName } from "../../checks/build/dockerfile/secret-names.ts";
import type { ClearKind, ClearSecret } from "../../checks/workload/secret-in-manifest.ts";
import { type FieldPath, formatFieldPath, type KubernetesObject } from "../../engines/kubernetes/model.ts";
import { isForTests } from "../../engines/secrets/for-tests.ts";
import { isPlaceholder } from "../../engines/secrets/placeholder.ts";
import { isExpression, isReference } from "../../engines/secrets/reference.ts";

export interface Value {
  /** What it is called, for rules that go by that. */
  readonly name: string;
  readonly text: string;
  /** From the object's root. */
  readonly field: FieldPath;
}

/** By SOPS, Ansible, age or OpenPGP. */
const ENCRYPTED = /^(?:ENC\[|\$ANSIBLE_VAULT;|-----BEGIN (?:AGE ENCRYPTED FILE|PGP MESSAGE)-----)/;
/** What a template or a reference looks like. */
const FILLED_LATER =
  /\{\{|\$\{|\$\(|^%[A-Za-z_]\w*%$|^@@?\w+@@?$|^__\w+__$|^<[^<>]*>$|^(?:vault|ref|op|secretref|kms|gcpsecretmanager|awssm|azurekeyvault):|^ref\+|^(?:todo|tbd|none|null|n\/a|redacted|base64[\w -]*|your[\w -]*|\.{3,}|x{3,}|-+)$/i;
/** `$DB_PASSWORD`, which a program of the deployment replaces. */
const VARIABLE = /^\$[A-Z_][A-Z0-9_]{2,}$/;
/** What everybody tries first. */
const FIRST_TRIED =
  /^(?:password\d{0,4}|passw0rd|admin\d{0,4}|root|secret|test\w{0,4}|guest|postgres|mysql|redis|mongo|user|demo|letmein|qwerty\w{0,6}|\d{1,8}|change_?me\w{0,6})!?$/i;

/** Names whose values are passwords; of other secrets the engine tells random values from words. */
const PASSWORD_NAME = /(?:password|passwd|passphrase|(?:^|[_.-])(?:pass|pwd))$/i;
/** A switch, a file, an address without a user's password. */
const SETTING = /^(?:true|false|yes|no|on|off|none|null|\.{0,2}\/.*|[a-z][a-z0-9+.-]*:\/\/[^\s@]*)$/i;
/** Names of what needs no Secret, the last word of one. */
const SETTING_NAME =
  /(?:^|[_.-])(?:user(?:[_.-]?name)?|login|host(?:[_.-]?name)?|port|database|db|schema|region|endpoint|ur[il]|addr(?:ess)?|server|bucket|namespace|cluster|name|type|engine|driver|protocol|mode|level|enabled|version|e?mail|env(?:ironment)?|issuer|realm|(?:tenant|client|project|account|subscription)(?:[_.-]?id)?)$/i;
/** A certificate, a public key, what is no secret of whoever has it. */
const PUBLIC =
  /^(?:-----BEGIN (?:CERTIFICATE|(?:[A-Z]+ )?PUBLIC KEY|X509 CRL|DH PARAMETERS)-----|(?:ssh|ecdsa)-[\w@.-]+ AAAA)/;
const PUBLIC_NAME = /\.(?:crt|cer|pub)$|(?:^|[._-])ca(?:[._-](?:cert|bundle))?(?:\.pem)?$/i;
/** The text of a file, by its name. */
const FILE_NAME = /\.(?:ya?ml|json|ini|conf|cfg|toml|xml|properties|txt|sh|rules|tmpl|tpl|lua|cnf)$/i;
/** What a registry's credentials look like where there are none. */
const NO_CREDENTIALS = /^\{\s{0,20}(?:"auths"\s{0,20}:\s{0,20}\{\s{0,20}\}\s{0,20})?\}$/;

/** Of a Secret all that stands in clear; of others what stands under names of passwords. */
export function clearsOf(object: KubernetesObject, values: readonly Value[], told: ReadonlySet<string>): ClearSecret[] {
  const isExample = object.source.kind === "file" && isForTests(object.source.text.path);
  const kinds = new Map<ClearKind, { key: string; field: FieldPath }[]>();
  for (const { name, text, field } of values) {
    const given = object.kind === "Secret" ? kindOfSecretValue(name, text, field) : kindOfPassword(name, text);
    if (given === undefined || told.has(formatFieldPath(field))) continue;
    const kind = isExample ? "example" : given;
    const keys = kinds.get(kind);
    if (keys === undefined) kinds.set(kind, [{ key: name, field }]);
    else keys.push({ key: name, field });
  }
  return [...kinds].map(([kind, keys]) => ({ object, kind, keys }));
}

function kindOfPassword(name: string, text: string): ClearKind | undefined {
  if (!PASSWORD_NAME.test(name)) return undefined;
  const value = text.trim();
  if (value.length < 4 || value.includes("\n") || isFilledLater(value) || SETTING.test(value)) return undefined;
  // Who configures a program with parts of one gives it a text.
  if (isExpression(value)) return undefined;
  if (FIRST_TRIED.test(value)) return "tried first";
  return isPlaceholder(value, value) ? undefined : "secret";
}

/** Whoever puts a value into a Secret says that it is one, whatever it is called. */
function kindOfSecretValue(name: string, text: string, [list]: FieldPath): ClearKind | undefined {
  // Its annotations are no values of it.
  if (list !== "data" && list !== "stringData") return undefined;
  const value = text.trim();
  if (value === "" || NO_CREDENTIALS.test(value)) return undefined;
  if (PUBLIC.test(value) ? !value.includes("PRIVATE") : PUBLIC_NAME.test(name)) return undefined;
  const lines = value.includes("\n");
  // A text of several lines with a place to fill in may hold other values.
  if (lines ? ENCRYPTED.test(value) : isFilledLater(value)) return undefined;
  if (FIRST_TRIED.test(value)) return isSecretName(name) || PASSWORD_NAME.test(name) ? "tried first" : "setting";
  if (!lines && isPlaceholder(value, value)) return undefined;
  if (FILE_NAME.test(name) || (lines && !isSecretName(name))) return isText(value) ? "file" : "secret";
  if (SETTING.test(value) || value.length < 4) return "setting";
  return SETTING_NAME.test(dashed(name)) && !isSecretName(name) ? "setting" : "secret";
}

function isFilledLater(value: string): boolean {
  return isReference(value) || FILLED_LATER.test(value) || VARIABLE.test(value) || ENCRYPTED.test(value);
}

/** `db_host` of `dbHost`. */
function dashed(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2");
}

/** Bytes that are no UTF-8, and control characters, do not stand in files of settings. */
function isText(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is them that are looked for
  return !/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(value);
}
