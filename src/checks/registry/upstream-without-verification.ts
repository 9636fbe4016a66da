import { serverCheck } from "./server/server-check.ts";

/** Registry servers that take images from another registry without verifying who made them. */
export const upstreamWithoutVerification = serverCheck({
  name: "upstream-without-verification",
  title: "Registry mirrors that verify no signatures",
  severity: "medium",
  controls: [7],
  documentation: {
    what: "Checks where a registry server takes images from: `proxy.remoteurl` of distribution, which verifies no signatures, and `extensions.sync` of zot, which does with `onlySigned`. It judges configuration and asks no server. Severity: high for an upstream over plain HTTP or without verification of its certificate (`tlsVerify: false`), else medium.",
    why: "A mirror serves what its upstream says under your own name: a tag that was moved there by a stolen account is pulled here a moment later, and allowed, because it is your registry's.",
    fix: "Let the registry guard fetch from the upstream: `registry.upstreams` verifies signers, waits `cooldownDays`, and has each image scanned before its first pull. In zot, set `onlySigned` and leave `tlsVerify` on.",
    references: [
      "https://distribution.github.io/distribution/recipes/mirror/",
      "https://zotregistry.dev/articles/mirroring/",
    ],
  },
  applies: ({ upstreams }) => upstreams.length > 0,
  *detect({ title, upstreams }) {
    for (const { url, kind, verifiesSignatures, verifiesTls, setting } of upstreams) {
      if (verifiesSignatures && verifiesTls) continue;
      const what = kind === "proxy" ? "serves" : "copies";
      yield {
        subject: `upstream ${url}`,
        severity: verifiesTls ? "medium" : "high",
        title: verifiesTls
          ? `${title} ${what} images of ${url} without verifying signatures`
          : `${title} ${what} images of ${url} without verifying the server`,
        fix: "fetch through registry.upstreams of the registry guard, or set onlySigned and tlsVerify",
        setting,
      };
    }
  },
});
