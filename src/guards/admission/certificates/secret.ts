/**
 * What replicas share of the certificate, in a Secret: `ca.crt` and `tls.crt` as everywhere, `tls.key`, and in `ca.key` the
 * authorities' own. It is written at the version that was read, so that of two replicas one is first.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { isObject } from "../../../core/untyped.ts";
import { bounds } from "../../../engines/certificates/bounds.ts";
import { readCertificates } from "../../../engines/certificates/read.ts";
import type { ClusterApi, ClusterReply, Plain } from "../../../engines/kubernetes/cluster/client.ts";
import {
  createObject,
  type NamedPlace,
  refusedReply,
  replaceObject,
} from "../../../engines/kubernetes/cluster/writes.ts";
import { answered } from "../cluster/memory.ts";
import type { Authority, CertificateState, CertificateStore } from "./model.ts";
import { bundleOf } from "./rotation.ts";

export interface SecretName {
  readonly namespace: string;
  readonly name: string;
}

export function certificateSecret(api: ClusterApi, { namespace, name }: SecretName): CertificateStore {
  const place: NamedPlace = { group: "", version: "v1", resource: "secrets", namespace, name };
  const shown = `Secret ${namespace}/${name}`;
  /** As it was read: labels and annotations are others'. */
  let held: Plain | undefined;

  return {
    read: () =>
      answered(shown, async () => {
        const reply = await api.get(
          `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`,
        );
        if (reply.status === 404) {
          held = undefined;
          return { state: undefined, version: "" };
        }
        if (reply.status !== 200 || !isObject(reply.body.metadata)) throw refusedReply(reply, shown, "get secrets");
        held = reply.body;
        const { resourceVersion } = reply.body.metadata;
        return { state: stateOf(reply.body.data), version: typeof resourceVersion === "string" ? resourceVersion : "" };
      }),
    write: (state, version) =>
      answered(shown, async () => {
        const object = secretOf(state, { held, version, namespace, name });
        const reply = await (version === "" ? createObject(api, place, object) : replaceObject(api, place, object));
        return outcomeOf(reply, shown, version === "" ? "create secrets" : "update secrets");
      }),
  };
}

function outcomeOf(reply: ClusterReply, place: string, doing: string): "written" | "conflict" {
  if (reply.status === 409) return "conflict";
  if (reply.status === 200 || reply.status === 201) return "written";
  throw refusedReply(reply, place, doing);
}

function secretOf(
  state: CertificateState,
  { held, version, ...own }: SecretName & { readonly held: Plain | undefined; readonly version: string },
): Plain {
  const encoded = (text: string) => Buffer.from(text, "utf8").toString("base64");
  const data = {
    "ca.crt": encoded(bundleOf(state)),
    "ca.key": encoded(state.authorities.map(({ key = "" }) => key).join("")),
    "tls.crt": encoded(state.leaf.certificate),
    "tls.key": encoded(state.leaf.key),
  };
  if (held === undefined) return { apiVersion: "v1", kind: "Secret", metadata: own, type: "Opaque", data };
  return { ...held, metadata: { ...(held.metadata as Plain), resourceVersion: version }, data };
}

const KEY = /-----BEGIN PRIVATE KEY-----[A-Za-z0-9+/=\s]+-----END PRIVATE KEY-----/g;

/** Undefined where it is not whole: it is made anew then. */
function stateOf(data: unknown): CertificateState | undefined {
  const text = (key: string): string => {
    const value = isObject(data) ? data[key] : undefined;
    return typeof value === "string" && value.length <= bounds.pemBytes ? Buffer.from(value, "base64").toString() : "";
  };
  const [certificate, key] = [text("tls.crt"), text("tls.key")];
  if (certificate === "" || key === "") return undefined;
  try {
    const keys = (text("ca.key").match(KEY) ?? []).map((pem) => ({ pem: `${pem}\n`, key: createPrivateKey(pem) }));
    const authorities = readCertificates(text("ca.crt"), "ca.crt").map(({ pem }) => authorityOf(pem, keys));
    return { authorities, leaf: { certificate, key } };
  } catch {
    return undefined;
  }
}

function authorityOf(
  certificate: string,
  keys: readonly { readonly pem: string; readonly key: KeyObject }[],
): Authority {
  const x509 = new X509Certificate(certificate);
  const own = keys.find(({ key }) => x509.checkPrivateKey(key));
  return { certificate, ...(own === undefined ? {} : { key: own.pem }) };
}
