/** Named formats of texts (k8s.io/apiserver, pkg/cel/library/format.go). The reasons are told in our own words. */
import { global, type Library, method } from "../library.ts";
import type { Opaque } from "../model.ts";
import { parseTimestamp } from "../times.ts";
import { Failure, NONE, optional, spendText } from "../values.ts";
import { parseGoUrl } from "./go-url.ts";

/** What is wrong with a text, in a few words each. */
type Validate = (text: string) => readonly string[];

const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

function shaped(pattern: RegExp, longest: number, what: string): Validate {
  return (text) => [
    ...(text.length > longest ? [`must be no more than ${longest} bytes`] : []),
    ...(pattern.test(text) ? [] : [`must be ${what}`]),
  ];
}

const label = shaped(LABEL, 63, "lower case letters, digits and -, with a letter or digit at each end");
const subdomain = shaped(
  SUBDOMAIN,
  253,
  "lower case letters, digits, - and ., with a letter or digit at each end of each part",
);
const label1035 = shaped(LABEL_1035, 63, "lower case letters, digits and -, a letter first, a letter or digit last");
const qualified = shaped(QUALIFIED, 63, "letters, digits, -, _ and ., with a letter or digit at each end");

/** Of a name that something will be put behind: a dash at its end is fine. */
function prefix(validate: Validate): Validate {
  return (text) => validate(text.length > 1 && text.endsWith("-") ? `${text.slice(0, -2)}a` : text);
}

function qualifiedName(text: string): readonly string[] {
  const parts = text.split("/");
  if (parts.length > 2) return ["must be a name, or a prefix, a / and a name"];
  const before = parts.length === 2 ? (parts[0] ?? "") : undefined;
  const reasons = before === "" ? ["prefix part must not be empty"] : before === undefined ? [] : subdomain(before);
  return [...reasons, ...qualified(parts.at(-1) ?? "")];
}

function uri(text: string): readonly string[] {
  const parsed = parseGoUrl(text);
  return typeof parsed === "string" ? [`no URI: ${parsed}`] : [];
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const fits =
  (holds: (text: string) => boolean, what: string): Validate =>
  (text) =>
    holds(text) ? [] : [`no ${what}`];
const isTime = (text: string) => !(parseTimestamp(text.toUpperCase()) instanceof Failure);

const formats: Readonly<Record<string, Validate>> = {
  dns1123Label: label,
  dns1123Subdomain: subdomain,
  dns1035Label: label1035,
  qualifiedName,
  dns1123LabelPrefix: prefix(label),
  dns1123SubdomainPrefix: prefix(subdomain),
  dns1035LabelPrefix: prefix(label1035),
  labelValue: (text) => (text === "" ? [] : qualified(text)),
  uri,
  uuid: fits((text) => UUID.test(text), "UUID"),
  byte: fits((text) => text !== "" && BASE64.test(text), "base64"),
  date: fits((text) => /^\d{4}-\d\d-\d\d$/.test(text) && isTime(`${text}T00:00:00Z`), "date"),
  datetime: fits(isTime, "time"),
};

const NAME = "kubernetes.NamedFormat";

const opaque = (name: string): Opaque => ({ kind: "opaque", type: NAME, key: name, content: formats[name] });

export const namedFormats: Library = {
  types: [NAME],
  overloads: [
    ...Object.keys(formats).map((name) => global(`format.${name}`, [], () => opaque(name))),
    global("format.named", ["string"], (name) => (Object.hasOwn(formats, name) ? optional(opaque(name)) : NONE)),
    method("validate", [NAME, "string"], ({ content }, text, meter) => {
      spendText(meter, 16 * text.length);
      const reasons = (content as Validate)(text);
      return reasons.length === 0 ? NONE : optional(reasons);
    }),
  ],
};
