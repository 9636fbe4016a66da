import { serverCheck, WITHOUT_CONTROL } from "./server/server-check.ts";

/** Registry servers in which more than a few may delete. */
export const serverDeleteOpen = serverCheck({
  name: "server-delete-open",
  title: "Registry servers where anyone may delete",
  severity: "medium",
  withoutControl: WITHOUT_CONTROL,
  documentation: {
    what: "Checks whether a registry server deletes (`storage.delete.enabled` of distribution; zot does by default) and whom it lets: anyone, or everyone who has logged in. It judges configuration and asks no server: `bulkhead check --probe-registry` does. Not reported: where a token service decides who may delete; servers that take no pushes. Severity: high where anyone may delete, medium where every user may.",
    why: "A deleted image is an outage at the next restart of its pods, and a deleted signature makes them unverified; nothing brings either back but a backup.",
    fix: "Let a token service decide who may delete, or turn deletion off: `storage.delete.enabled: false`; in zot state `accessControl` whose `defaultPolicy` has no `delete`.",
    references: ["https://distribution.github.io/distribution/about/configuration/#delete"],
  },
  *detect({ title, authentication, anonymous, everyUser, deletion, product }) {
    const open = [...anonymous, ...everyUser].find(({ action }) => action === "delete");
    if (product === "zot" ? open === undefined : deletion === undefined) return;
    const isAnyone =
      product === "zot"
        ? anonymous.some(({ action }) => action === "delete")
        : authentication === undefined || authentication.method === "silly";
    if (!isAnyone && product !== "zot" && authentication?.method !== "htpasswd") return;
    yield {
      subject: "deletion",
      severity: isAnyone ? "high" : "medium",
      title: isAnyone ? `${title} lets anyone delete images` : `${title} lets every user delete images`,
      fix: isAnyone ? "configure authentication, and who may delete" : "restrict who may delete, or turn deletion off",
      setting: deletion ?? open?.setting,
    };
  },
});
