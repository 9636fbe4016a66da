import { serverCheck } from "./server/server-check.ts";

/** Registry servers that serve without TLS. */
export const serverPlainHttp = serverCheck({
  name: "server-plain-http",
  title: "Registry servers over plain HTTP",
  severity: "medium",
  documentation: {
    what: "Checks whether the configuration of a registry server names a certificate (`http.tls` of distribution and zot, `https` and `expose.tls` of Harbor), or an address of its own that begins with `https:`, which something before it serves. It judges configuration and asks no server: `bulkhead check --probe-registry` does. Not reported: a server that listens on `localhost` alone.",
    why: "Passwords and tokens go over the network in plaintext, and clients have to be told to trust such a registry (`insecure-registries`), which then take any answer for its own.",
    fix: "Give the server a certificate; where something before it serves TLS, say so in `http.host` of distribution, `http.externalUrl` of zot or `external_url` of Harbor.",
    references: ["https://distribution.github.io/distribution/about/configuration/#tls"],
  },
  *detect({ title, transport }) {
    if (transport.kind !== "plain") return;
    yield {
      subject: "TLS",
      title: `${title} serves plain HTTP`,
      fix: "configure a certificate (http.tls), or state the https address that is before it (http.host)",
      setting: transport.setting,
    };
  },
});
