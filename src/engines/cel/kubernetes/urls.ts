/** URLs (k8s.io/apiserver, pkg/cel/library/urls.go). */
import { global, type Library, method } from "../library.ts";
import { mapOf } from "../maps.ts";
import type { Opaque, Value } from "../model.ts";
import { Failure, type Meter, spendText } from "../values.ts";
import { type GoUrl, hostnameOf, parseGoUrl, portOf, queryOf } from "./go-url.ts";

const NAME = "kubernetes.URL";

function url(text: string, meter: Meter): Opaque | Failure {
  spendText(meter, text.length);
  const parsed = parseGoUrl(text);
  if (typeof parsed === "string") return new Failure(`invalid text of a URL: ${parsed}`);
  return { kind: "opaque", type: NAME, key: JSON.stringify(parsed), content: parsed };
}

function part(name: string, of: (url: GoUrl) => Value | Failure) {
  return method(name, [NAME], ({ content }) => of(content as GoUrl));
}

export const urls: Library = {
  types: [NAME],
  overloads: [
    global("url", ["string"], url),
    global("isURL", ["string"], (text, meter) => !(url(text, meter) instanceof Failure)),
    part("getScheme", ({ scheme }) => scheme),
    part("getHost", ({ host }) => host),
    part("getHostname", hostnameOf),
    part("getPort", portOf),
    part("getEscapedPath", ({ path }) => path),
    part("getQuery", (parsed) => mapOf([...queryOf(parsed)])),
  ],
};
